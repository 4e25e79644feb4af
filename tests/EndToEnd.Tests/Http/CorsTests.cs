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
