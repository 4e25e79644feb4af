using System.Security.Cryptography;
using System.Text;
using MySqlConnector;
using Neolia.EndToEnd.Tests.Http;
using Npgsql;

namespace Neolia.Infra.Tests.Operations;

/// <summary>The guide's rotations, while the program runs. That none refuses a request under load, EndToEnd.Tests shows.</summary>
[Collection(Installations.Name)]
public sealed class RotationTests(Installation installation)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Postgres_password()
    {
        var old = installation.ReadVault()["supabase-password"];

        await installation.RunAsync("rotate-supabase-password");

        await AssertWorksAsync("panel501");
        await using var late = new NpgsqlConnection($"{installation.Project.AppConnectionStringWithoutPassword};Password={old};Pooling=false");
        Assert.Equal("28P01", (await Assert.ThrowsAsync<PostgresException>(() => late.OpenAsync(Cancelled))).SqlState);
    }

    [Fact]
    public async Task MySQL_password()
    {
        var old = installation.ReadVault()["kamailio-password"];

        await installation.RunAsync("rotate-kamailio-password");

        await AssertWorksAsync("panel502");
        await using var late = new MySqlConnection($"{installation.KamailioConnection(MySqlSslMode.VerifyFull)};Password={old};Pooling=false");
        Assert.Equal(MySqlErrorCode.AccessDenied, (await Assert.ThrowsAsync<MySqlException>(() => late.OpenAsync(Cancelled))).ErrorCode);
    }

    [Fact]
    public async Task Vault_keeps_the_password_that_MySQL_has_when_MySQL_refuses_the_new_one()
    {
        var old = installation.ReadVault()["kamailio-password"];

        // One without a static address, whose value is empty, and one that the user isn't tied to; with and without errors that end the shell.
        foreach (var (address, shell) in new[] { ("", "set -e"), ("203.0.113.99", "set -e"), ("203.0.113.99", "set +e") })
        {
            var script = $"OUTGOING_ADDRESS={address}\n{shell}\n{OperationsGuide.Block("rotate-kamailio-password")}";
            await Assert.ThrowsAsync<InvalidOperationException>(() => installation.Shell.RunScriptAsync(script));
        }

        Assert.Equal(old, installation.ReadVault()["kamailio-password"]);
    }

    [Fact]
    public async Task Doorbell_rings_at_every_step_of_its_secrets_rotation()
    {
        await installation.RunAsync("rotate-webhook-secret-both");
        var both = installation.ReadVault()["webhook-secret"].Split(' ');
        Assert.Equal(2, both.Length);
        installation.Shell["WEBHOOK_SECRET"] = both[0];
        await AssertWorksAsync("panel503");

        await installation.RunAsync("rotate-webhook-secret-supabase");
        await Eventually.HoldsAsync("the program knows both", async () => await RingAsync(both[0]) && await RingAsync(both[1]));
        await AssertWorksAsync("panel504");

        await installation.RunAsync("rotate-webhook-secret-new");
        await Eventually.HoldsAsync("the old secret is dead", async () => !await RingAsync(both[1]));
        await AssertWorksAsync("panel505");
    }

    private async Task AssertWorksAsync(string account)
    {
        await installation.AddAccountAsync(account);
        await Eventually.HoldsAsync($"{account} is in Kamailio", async () => (await installation.SubscribersAsync()).Contains(account));
    }

    private async Task<bool> RingAsync(string secret)
    {
        const string body = """{"type":"UPDATE","schema":"public","table":"sip_accounts"}""";
        var (id, now) = ($"msg_{Guid.NewGuid()}", DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        var signature = HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{id}.{now}.{body}"));
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(installation.App.Url, "/api/webhooks/supabase"))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { { "webhook-id", id }, { "webhook-timestamp", $"{now}" }, { "webhook-signature", $"v1,{Convert.ToBase64String(signature)}" } },
        };
        using var answer = await client.SendAsync(request, Cancelled);
        return answer.IsSuccessStatusCode;
    }
}
