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
