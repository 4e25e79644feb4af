using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Neolia.FunctionsHost;

namespace Neolia.Package.Tests.Simulator;

/// <summary>What the host takes from the package, and what it does before a handler sees anything.</summary>
public sealed class SimulatorTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("\"enableProxyingHttpRequest\": true", "program", "not in the package")]
    [InlineData("\"enableProxyingHttpRequest\": true", "host.json", "may not be executed")]
    [InlineData("\"http\": { \"routes\": [] }", "handler", "can't stand beside")]
    public async Task A_package_that_the_host_would_refuse_is_refused(string handler, string executable, string reason)
    {
        using var rig = new HandlerRig(handler, executable);

        var refusal = await Assert.ThrowsAsync<HostStartException>(() => rig.StartAsync("good"));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schedule_of_five_fields_is_refused()
    {
        using var rig = new HandlerRig();
        rig.Write("tick/function.json", """{ "bindings": [{ "type": "timerTrigger", "direction": "in", "name": "clock", "schedule": "* * * * *" }] }""");

        await Assert.ThrowsAsync<HostStartException>(() => rig.StartAsync("good"));
    }

    [Theory]
    [InlineData("\"enableProxyingHttpRequest\": true", "/api/hello/world?a=b", true)]
    [InlineData("\"enableForwardingHttpRequest\": true", "/api/hello/world?a=b", false)]
    [InlineData("\"enableProxyingHttpRequests\": true", "/hello", false)] // Spelled wrong, and ignored in silence.
    public async Task HTTP_arrives_as_host_json_says(string handler, string path, bool proxied)
    {
        using var rig = new HandlerRig(handler);
        await using var host = await rig.StartAsync("good");
        using var client = new HttpClient { BaseAddress = host.Url };

        using var answer = await client.PostAsJsonAsync("/api/hello/world?a=b", new { greeting = "hi" }, Cancelled);
        var arrived = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
        var headers = arrived.GetProperty("headers");

        Assert.Equal(path, arrived.GetProperty("url").GetString());
        Assert.Contains("hi", arrived.GetProperty("body").GetString(), StringComparison.Ordinal);
        Assert.True(headers.TryGetProperty("x-azure-functions-invocationid", out _) && headers.TryGetProperty("x-ms-invocation-id", out _));
        Assert.Equal(proxied, headers.TryGetProperty("x-forwarded-for", out _) && headers.TryGetProperty("x-forwarded-host", out _) && headers.TryGetProperty("x-forwarded-proto", out _));
        Assert.Equal(path != "/hello" && !proxied, headers.GetProperty("host").GetString() == host.Url.Authority);
    }

    [Fact]
    public async Task A_locked_function_asks_for_the_key_before_the_handler_sees_anything()
    {
        using var rig = new HandlerRig();
        await using var host = await rig.StartAsync("crashes over a request");
        using var client = new HttpClient { BaseAddress = host.Url };

        foreach (var path in (string[])["/api/locked", "/api/locked?code=wrong"])
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.PostAsync(path, null, Cancelled)).StatusCode);
        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Put, "/api/hello/world"), (HttpMethod.Get, "/api/nothing"), (HttpMethod.Post, "/tick"), (HttpMethod.Get, "/")])
            Assert.Equal(HttpStatusCode.NotFound, (await client.SendAsync(new HttpRequestMessage(method, path), Cancelled)).StatusCode);
        Assert.Empty(host.Faults);

        // With the key it goes through, which ends this handler.
        Assert.Equal(HttpStatusCode.BadGateway, (await client.PostAsync($"/api/locked?code={host.FunctionKey}", null, Cancelled)).StatusCode);
    }
}
