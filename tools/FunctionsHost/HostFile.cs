using System.Globalization;
using System.Text.Json;

namespace Neolia.FunctionsHost;

/// <summary>How HTTP triggers reach the handler.</summary>
public enum HttpMode
{
    /// <summary>As an invocation in JSON, POST /NAME: what happens when neither of the other two is switched on.</summary>
    Payload,

    /// <summary><c>enableForwardingHttpRequest</c>: buffered, with the original Host header.</summary>
    Forwarding,

    /// <summary><c>enableProxyingHttpRequest</c>: streamed; a request that broke is sent again.</summary>
    Proxying,
}

/// <summary>What the host takes from host.json.</summary>
public sealed record HostFile(string ExecutablePath, HttpMode HttpMode, string RoutePrefix, TimeSpan FunctionTimeout)
{
    public static HostFile Read(string folder)
    {
        var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "host.json"))).RootElement;
        var handler = host.GetProperty("customHandler");

        // Together with function.json files, which this host always has, the real one throws.
        if (handler.TryGetProperty("http", out _))
            throw new HostStartException("host.json has customHandler.http, which can't stand beside function.json files");
        return new HostFile(
            handler.GetProperty("description").GetProperty("defaultExecutablePath").GetString()!,
            HttpModeOf(handler),
            host.TryGetProperty("extensions", out var extensions) && extensions.TryGetProperty("http", out var http) && http.TryGetProperty("routePrefix", out var prefix)
                ? prefix.GetString()!
                : "api",
            host.TryGetProperty("functionTimeout", out var timeout) ? TimeSpan.Parse(timeout.GetString()!, CultureInfo.InvariantCulture) : TimeSpan.FromMinutes(30));
    }

    // Spelled in another way a switch is ignored in silence, as by the real host.
    private static HttpMode HttpModeOf(JsonElement handler)
    {
        if (IsOn("enableProxyingHttpRequest"))
            return HttpMode.Proxying;
        return IsOn("enableForwardingHttpRequest") ? HttpMode.Forwarding : HttpMode.Payload;

        bool IsOn(string name) => handler.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
    }
}
