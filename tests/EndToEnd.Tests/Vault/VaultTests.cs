using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack.Functions;

namespace Neolia.EndToEnd.Tests.Vault;

public sealed class VaultTests(VaultRig rig) : IClassFixture<VaultRig>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_app_runs_on_secrets_that_stand_in_the_vault_alone()
    {
        await using var vault = await KeyVaultServer.StartAsync(rig.Secrets);
        await using var app = await rig.StartAppAsync(vault);

        await Eventually.HoldsAsync("ready", async () => (await ReadyAsync(app)).GetProperty("ready").GetBoolean());

        Assert.Equal("reachable", (await ReadyAsync(app)).GetProperty("secrets").GetString());
        Assert.True(vault.Challenges > 0, "The app never came without a token, so the challenge was not tested.");
        Assert.All(rig.Secrets.Values, secret => Assert.DoesNotContain(secret, app.Log, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_vault_that_goes_away_leaves_the_last_good_secrets()
    {
        await using var vault = await KeyVaultServer.StartAsync(rig.Secrets);
        await using var app = await rig.StartAppAsync(vault);
        await Eventually.HoldsAsync("ready", async () => (await ReadyAsync(app)).GetProperty("ready").GetBoolean());

        vault.OutOfReach = true;
        await Eventually.HoldsAsync(
            "the trouble is told", async () => (await ReadyAsync(app)).GetProperty("secrets").GetString()!.Contains("last good values", StringComparison.Ordinal));

        Assert.True((await ReadyAsync(app)).GetProperty("ready").GetBoolean());
        vault.OutOfReach = false;
        await Eventually.HoldsAsync("the trouble is over", async () => (await ReadyAsync(app)).GetProperty("secrets").GetString() == "reachable");
    }

    [Fact]
    public async Task A_vault_that_is_away_at_the_start_is_named_and_tried_again()
    {
        await using var vault = await KeyVaultServer.StartAsync(rig.Secrets);
        vault.OutOfReach = true;
        await using var app = await rig.StartAppAsync(vault);

        await Eventually.HoldsAsync("the log names the vault", () => Task.FromResult(app.Log.Contains("The vault localhost can't be read", StringComparison.Ordinal)));
        var readiness = await ReadyAsync(app);
        Assert.False(readiness.GetProperty("ready").GetBoolean());
        Assert.Equal("its password could not be read yet", readiness.GetProperty("supabase").GetString());

        vault.OutOfReach = false;
        await Eventually.HoldsAsync("ready", async () => (await ReadyAsync(app)).GetProperty("ready").GetBoolean());
    }

    private static async Task<JsonElement> ReadyAsync(FunctionApp app)
    {
        using var client = new HttpClient { BaseAddress = app.Url };
        using var response = await client.GetAsync(new Uri("/api/health/ready", UriKind.Relative), Cancelled);
        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
    }
}
