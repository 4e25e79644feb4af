using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>Browsers of local runs; on Azure the Functions host answers preflights itself.</summary>
public sealed class CorsTests(StackFixture shared)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task A_preflight_of_an_allowed_origin_is_granted_the_four_headers_of_supabase_js()
    {
        var answer = await PreflightAsync(StackFixture.AllowedOrigin);

        Assert.Equal(204, answer.Status);
        Assert.Equal(StackFixture.AllowedOrigin, Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        var allowed = string.Join(',', answer.Headers.GetValues("Access-Control-Allow-Headers")).Split(',', StringSplitOptions.TrimEntries);
        Assert.Subset(allowed.ToHashSet(StringComparer.OrdinalIgnoreCase), new HashSet<string>(["authorization", "apikey", "x-client-info", "content-type"], StringComparer.OrdinalIgnoreCase));
        Assert.Contains("POST", string.Join(',', answer.Headers.GetValues("Access-Control-Allow-Methods")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://foreign.example")]
    [InlineData("http://localhost:51730")]
    [InlineData("null")]
    public async Task A_preflight_of_a_foreign_origin_is_granted_nothing(string origin)
    {
        var answer = await PreflightAsync(origin);

        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Refusals_too_can_be_read_by_an_allowed_origin()
    {
        using var app = new AppClient(_stack);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/kamailio-sync");
        request.Headers.Add("Origin", StackFixture.AllowedOrigin);

        var answer = await app.SendAsync(request);

        Assert.Equal(401, answer.Status);
        Assert.Equal(StackFixture.AllowedOrigin, Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task The_unmodified_functions_client_works_in_a_browser_of_an_allowed_origin_only()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);

        var result = await NodeScript.RunAsync("browser.mjs", new Dictionary<string, string>
        {
            ["FUNCTIONS_URL"] = new Uri(_stack.App!.Url, "/api").AbsoluteUri,
            ["AUTHORIZATION"] = dashboard.Authorization,
            ["SUPABASE_KEY"] = _stack.Lite!.Keys.Publishable,
            ["ORIGIN"] = StackFixture.AllowedOrigin,
        });

        Assert.Equal(["apikey", "authorization", "content-type", "x-client-info"], result.GetProperty("asked").EnumerateArray().Select(name => name.GetString()));
        Assert.True(result.GetProperty("allowed").GetProperty("data").GetProperty("connected").GetBoolean());
        Assert.Equal(400, result.GetProperty("refused").GetProperty("error").GetProperty("status").GetInt32());
        Assert.Equal("FunctionsFetchError", result.GetProperty("foreign").GetProperty("error").GetProperty("name").GetString());
        Assert.Contains("refused by the preflight", result.GetProperty("foreign").GetProperty("error").GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    private async Task<Answer> PreflightAsync(string origin)
    {
        using var app = new AppClient(_stack);
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/kamailio-sync");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "apikey,authorization,content-type,x-client-info");
        return await app.SendAsync(request);
    }
}
