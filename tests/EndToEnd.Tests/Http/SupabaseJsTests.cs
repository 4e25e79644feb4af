using System.Text.Json;
using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Http;

public sealed class SupabaseJsTests(StackFixture shared)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task The_unmodified_client_library_does_all_that_the_dashboard_does()
    {
        var result = await RunAsync("dashboard.mjs");

        Assert.Equal(result.GetProperty("user").GetString(), result.GetProperty("site").GetProperty("user_id").GetString());
        Assert.Equal(1, Count(result.GetProperty("sites")[0], "buildings"));
        Assert.Equal(1, Count(result.GetProperty("sites")[0], "units"));
        Assert.Single(result.GetProperty("units")[0].GetProperty("sip_accounts").EnumerateArray());
        Assert.StartsWith("mobile12-bis-", result.GetProperty("account").GetProperty("username").GetString(), StringComparison.Ordinal);

        var stats = result.GetProperty("stats")[0];
        foreach (var (name, expected) in (ReadOnlySpan<(string, int)>)
            [("sites_total", 1), ("sites_online", 0), ("sites_offline", 1), ("buildings_total", 1), ("units_total", 1), ("sip_accounts_total", 1), ("sip_accounts_registered", 0)])
            Assert.Equal(expected, stats.GetProperty(name).GetInt32());

        Assert.True(result.GetProperty("created").GetProperty("success").GetBoolean());
        Assert.NotEmpty(result.GetProperty("created").GetProperty("credentials").GetProperty("password").GetString()!);
        Assert.True(result.GetProperty("status").GetProperty("connected").GetBoolean());
        Assert.Equal(1, result.GetProperty("deleted").GetProperty("accounts_deleted").GetInt32());
        Assert.Contains("'action' is unknown", result.GetProperty("refused").GetProperty("details")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_reads_the_own_rows_and_nobody_elses_whoever_is_named()
    {
        using var owner = await Dashboard.SignInAsync(_stack);
        using var stranger = await Dashboard.SignInAsync(_stack);
        var registered = await owner.AddAccountAsync();
        Assert.Equal(200, await registered.RegisterAsync(_stack, await owner.IssueAsync(registered)));
        await Eventually.HoldsAsync("the site is online", async () =>
        {
            await owner.App.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/registrations"));
            return (await owner.SelectAsync("sites", "select=status"))[0].GetProperty("status").GetString() == "online";
        });
        var site = (await owner.SelectAsync("sites", "select=id,user_id"))[0];
        await owner.InsertAsync("intercom_activity_logs", new { site_id = site.GetProperty("id").GetGuid(), action = "x", message = "x" });
        var flat = (await owner.SelectAsync("units", "select=id"))[0].GetProperty("id").GetGuid();
        await owner.InsertAsync("call_rules", new { unit_id = flat, name = "r", source_pattern = "*", action = "ring" });
        var failed = await AddFailedAsync(owner);

        var read = await NodeScript.RunAsync("reading.mjs", new Dictionary<string, string>
        {
            ["SUPABASE_URL"] = _stack.Lite!.Url.AbsoluteUri,
            ["SUPABASE_KEY"] = _stack.Lite.Keys.Publishable,
            ["OWNER"] = site.GetProperty("user_id").GetString()!,
            ["OWNER_TOKEN"] = owner.Token,
            ["STRANGER_TOKEN"] = stranger.Token,
            ["FAILED"] = $"{failed.Id}",
        });
        await owner.DeleteAccountRowAsync(failed);

        Assert.All(read.GetProperty("owner").GetProperty("rows").EnumerateObject(), table => Assert.True(table.Value.GetInt32() > 0, table.Name));
        Assert.All(read.GetProperty("stranger").GetProperty("rows").EnumerateObject(), table => Assert.True(table.Value.GetInt32() == 0, table.Name));
        Assert.All(read.GetProperty("stranger").GetProperty("stats").EnumerateObject(), count => Assert.True(count.Value.GetInt32() == 0, count.Name));
        var stats = read.GetProperty("owner").GetProperty("stats");
        foreach (var (name, expected) in (ReadOnlySpan<(string, int)>)[("sites_total", 2), ("sites_online", 1), ("sites_offline", 1), ("sip_accounts_total", 2), ("sip_accounts_registered", 1)])
            Assert.Equal((name, expected), (name, stats.GetProperty(name).GetInt32()));
        Assert.Equal("name_in_use", read.GetProperty("failed").GetProperty("error_code").GetString());
        Assert.StartsWith("This name is taken", read.GetProperty("failed").GetProperty("last_error").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("Ce nom est déjà pris", read.GetProperty("explained").GetProperty("fr").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("This name is taken", read.GetProperty("explained").GetProperty("en").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Its name is somebody else's in Kamailio.</summary>
    private async Task<SipAccount> AddFailedAsync(Dashboard dashboard)
    {
        var guest = $"guest-{Guid.NewGuid():N}";
        await _stack.ExecuteKamailioAsync("insert into subscriber (username, domain, ha1, ha1b) values (@p0, 'sip.neolia.app', md5('1'), md5('2'))", guest);
        var account = await dashboard.AddAccountNamedAsync(guest);
        await Eventually.HoldsAsync("the account has failed", async () => (await dashboard.SyncStateAsync(account)).GetProperty("state").GetString() == "failed");
        return account;
    }

    private static int Count(JsonElement row, string embedded) => row.GetProperty(embedded)[0].GetProperty("count").GetInt32();

    private Task<JsonElement> RunAsync(string script) => NodeScript.RunAsync(script, new Dictionary<string, string>
    {
        ["SUPABASE_URL"] = _stack.Lite!.Url.AbsoluteUri,
        ["SUPABASE_KEY"] = _stack.Lite.Keys.Publishable,
        ["FUNCTIONS_URL"] = new Uri(_stack.App!.Url, "/api").AbsoluteUri,
        ["EMAIL"] = $"{Guid.NewGuid():N}@example.com",
        ["PASSWORD"] = Guid.NewGuid().ToString("N"),
    });
}
