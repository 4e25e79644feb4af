using System.Text.Json;
using System.Text.RegularExpressions;
using Neolia.LocalStack;
using Neolia.LocalStack.Functions;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>The function.json files are what the Functions host knows of the program; both must tell the same.</summary>
public sealed partial class FunctionManifestTests(StackFixture shared)
{
    private static readonly string Source = Path.Combine(Repository.Root, "src", "Functions");

    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task Every_function_is_served_by_the_published_program()
    {
        using var app = new AppClient(_stack);
        var functions = Declared().ToList();
        Assert.NotEmpty(functions);

        foreach (var (method, path) in functions)
        {
            var answer = await app.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
            Assert.False(answer.Status is 404 or 405, $"{method} {path} is answered {answer.Status}");
        }
    }

    [Fact]
    public void Every_route_of_the_program_is_a_function()
    {
        var served = Directory.EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .SelectMany(file => MapCall().Matches(File.ReadAllText(file)))
            .Select(call => (call.Groups["method"].Value.ToUpperInvariant(), call.Groups["path"].Value))
            .Where(route => route.Value != "/") // The host's own readiness poll.
            .Order();

        Assert.Equal(Declared().Order(), served);
    }

    [Fact]
    public void Each_http_function_has_one_trigger_and_one_output_as_proxying_demands()
    {
        foreach (var (name, bindings) in Functions().Where(f => f.Bindings.Any(b => TypeOf(b) == "httpTrigger")))
        {
            Assert.Equal(["http out", "httpTrigger in"], bindings.Select(b => $"{TypeOf(b)} {b.GetProperty("direction").GetString()}").Order(StringComparer.Ordinal));
            Assert.True(bindings[0].GetProperty("authLevel").GetString() == "anonymous", name);
        }
    }

    [Fact]
    public void The_host_starts_the_published_program_and_proxies_to_it()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "host.json")));
        var handler = host.RootElement.GetProperty("customHandler");

        Assert.Equal(Path.GetFileName(FunctionApp.PublishedExecutable), handler.GetProperty("description").GetProperty("defaultExecutablePath").GetString());
        Assert.True(handler.GetProperty("enableProxyingHttpRequest").GetBoolean());
        Assert.Equal("api", host.RootElement.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString());
    }

    private static string TypeOf(JsonElement binding) => binding.GetProperty("type").GetString()!;

    private static IEnumerable<(string Name, IReadOnlyList<JsonElement> Bindings)> Functions() =>
        from file in Directory.GetFiles(Path.Combine(Source, "functions"), "function.json", SearchOption.AllDirectories)
        let json = JsonDocument.Parse(File.ReadAllText(file)).RootElement
        select (Path.GetFileName(Path.GetDirectoryName(file))!, (IReadOnlyList<JsonElement>)[.. json.GetProperty("bindings").EnumerateArray()]);

    /// <summary>What the host will ask for: HTTP below /api, a timer by its function's name.</summary>
    private static IEnumerable<(string Method, string Path)> Declared() =>
        from function in Functions()
        let trigger = function.Bindings.Single(b => TypeOf(b).EndsWith("Trigger", StringComparison.Ordinal))
        from route in TypeOf(trigger) == "timerTrigger"
            ? [("POST", $"/{function.Name}")]
            : trigger.GetProperty("methods").EnumerateArray().Select(method => (method.GetString()!.ToUpperInvariant(), $"/api/{trigger.GetProperty("route").GetString()}"))
        select route;

    [GeneratedRegex("""\.Map(?<method>Get|Post|Put|Patch|Delete)\("(?<path>[^"]+)"\s*,""")]
    private static partial Regex MapCall();
}
