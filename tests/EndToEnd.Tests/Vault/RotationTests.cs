using MySqlConnector;
using Neolia.LocalStack.Functions;
using Neolia.LocalStack.Supervision;
using Npgsql;

namespace Neolia.EndToEnd.Tests.Vault;

/// <summary>Each secret is changed under load, and not one valid request is refused.</summary>
public sealed class RotationTests(VaultRig rig) : IClassFixture<VaultRig>
{
    // Longer than the app's refresh interval of 1 s: how long an operator leaves the old and the new one side by side.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(2.5);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_valid_request_is_refused_while_each_secret_changes()
    {
        await using var vault = await KeyVaultServer.StartAsync(rig.Secrets);

        // Connections live for a second, so that logins happen all the time.
        await using var app = await rig.StartAppAsync(
            vault,
            new("Supabase__ConnectionString", rig.Stack.AppSettings["Supabase__ConnectionString"] + ";Connection Lifetime=1"),
            new("Kamailio__ConnectionString", rig.Stack.AppSettings["Kamailio__ConnectionString"] + ";Connection Lifetime=1"));
        using var load = new ValidLoad(app, rig.Secrets["webhook-secret"], rig.Secrets["supabase-jwt-secret"]);
        await load.StartAsync();

        await ChangePasswordAsync(load, "Kamailio's password, database first", vault, "kamailio-password", vaultFirst: false, SetKamailioPasswordAsync);
        await ChangePasswordAsync(load, "Kamailio's password, vault first", vault, "kamailio-password", vaultFirst: true, SetKamailioPasswordAsync);
        await ChangePasswordAsync(load, "Supabase's password, database first", vault, "supabase-password", vaultFirst: false, SetSupabasePasswordAsync);
        await ChangePasswordAsync(load, "Supabase's password, vault first", vault, "supabase-password", vaultFirst: true, SetSupabasePasswordAsync);

        var (oldWebhook, newWebhook) = (rig.Secrets["webhook-secret"], Secrets.NewWebhookSecret());
        await ChangeSharedAsync(load, "webhook secret", vault, "webhook-secret", oldWebhook, newWebhook, () => load.WebhookSecret = newWebhook);
        var (oldJwt, newJwt) = (rig.Secrets["supabase-jwt-secret"], VaultRig.NewPassword());
        await ChangeSharedAsync(load, "token secret", vault, "supabase-jwt-secret", oldJwt, newJwt, () => load.JwtSecret = newJwt);

        await load.StopAsync();
        Assert.Empty(load.Refusals);
        Assert.True(load.Accepted > 500, $"Only {load.Accepted} requests were made.");
        TestContext.Current.TestOutputHelper!.WriteLine($"{load.Accepted} valid requests during 6 rotations, 0 refused");
        Assert.All([oldWebhook, newWebhook, oldJwt, newJwt], secret => Assert.DoesNotContain(secret, app.Log, StringComparison.Ordinal));
        await AssertOldSecretsAreDeadAsync(app, oldWebhook, oldJwt);
    }

    private static async Task ChangePasswordAsync(
        ValidLoad load, string what, KeyVaultServer vault, string name, bool vaultFirst, Func<string, Task> setInDatabase)
    {
        var password = VaultRig.NewPassword();
        if (vaultFirst)
            vault.Set(name, password);
        else
            await setInDatabase(password);
        await load.RunAsync(what, TimeSpan.FromSeconds(1.5));
        if (vaultFirst)
            await setInDatabase(password);
        else
            vault.Set(name, password);
        await load.RunAsync(what, Overlap);
    }

    private static async Task ChangeSharedAsync(
        ValidLoad load, string what, KeyVaultServer vault, string name, string before, string after, Action switchSender)
    {
        vault.Set(name, $"{after} {before}");
        await load.RunAsync(what, Overlap);
        switchSender();
        await load.RunAsync(what, Overlap);
        vault.Set(name, after);
        await load.RunAsync(what, Overlap);
    }

    private static async Task AssertOldSecretsAreDeadAsync(FunctionApp app, string webhookSecret, string jwtSecret)
    {
        using var old = new ValidLoad(app, webhookSecret, jwtSecret);
        Assert.Equal(401, await old.RingAsync());
        Assert.Equal(401, await old.CheckStatusAsync());
    }

    private async Task SetKamailioPasswordAsync(string password)
    {
        await using var root = new MySqlConnection(rig.Stack.KamailioDatabase.RootConnectionString + ";Pooling=false");
        await root.OpenAsync(Cancelled);
        await using var command = new MySqlCommand("alter user 'neolia_functions'@'%' identified by '" + password + "'", root);
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    private async Task SetSupabasePasswordAsync(string password)
    {
        await using var owner = new NpgsqlConnection(rig.Stack.Project.OwnerConnectionString + ";Pooling=false");
        await owner.OpenAsync(Cancelled);
        await using var command = new NpgsqlCommand("alter role neolia_functions password '" + password + "'", owner);
        await command.ExecuteNonQueryAsync(Cancelled);
    }
}
