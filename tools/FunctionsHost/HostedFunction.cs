using System.Text.Json;
using Microsoft.AspNetCore.Routing.Template;

namespace Neolia.FunctionsHost;

/// <summary>One function.json.</summary>
/// <param name="Binding">Name of the trigger's binding, which payloads carry.</param>
public abstract record HostedFunction(string Name, string Binding)
{
    /// <param name="Methods">In upper case; none: all.</param>
    /// <param name="Route">Below the prefix.</param>
    /// <param name="AuthLevel"><c>anonymous</c>, <c>function</c> or <c>admin</c>.</param>
    /// <param name="OnlyHttp">One <c>httpTrigger</c> in and one <c>http</c> out: only then it is forwarded.</param>
    public sealed record Http(string Name, string Binding, IReadOnlyList<string> Methods, RouteTemplate Route, string AuthLevel, bool OnlyHttp)
        : HostedFunction(Name, Binding);

    /// <param name="Schedule">NCRONTAB, six fields.</param>
    /// <param name="UsesMonitor">True: the host keeps the last run, tells of it, and of runs that are past due.</param>
    public sealed record Timer(string Name, string Binding, string Schedule, bool UsesMonitor) : HostedFunction(Name, Binding);

    public static HostedFunction Read(string folder, string routePrefix)
    {
        var name = Path.GetFileName(folder);
        var bindings = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "function.json"))).RootElement.GetProperty("bindings").EnumerateArray().ToList();
        var trigger = bindings.Single(b => TypeOf(b).EndsWith("Trigger", StringComparison.Ordinal));
        var binding = trigger.GetProperty("name").GetString()!;
        switch (TypeOf(trigger))
        {
            case "timerTrigger":
                var schedule = trigger.GetProperty("schedule").GetString()!;
                if (schedule.Split(' ').Length != 6)
                    throw new HostStartException($"{name}: the schedule '{schedule}' has not six fields");
                return new Timer(name, binding, schedule, !trigger.TryGetProperty("useMonitor", out var monitor) || monitor.GetBoolean());
            case "httpTrigger":
                return new Http(
                    name, binding,
                    trigger.TryGetProperty("methods", out var methods) ? [.. methods.EnumerateArray().Select(m => m.GetString()!.ToUpperInvariant())] : [],
                    TemplateParser.Parse($"{routePrefix}/{(trigger.TryGetProperty("route", out var route) ? route.GetString() : name)}"),
                    trigger.TryGetProperty("authLevel", out var level) ? level.GetString()!.ToLowerInvariant() : "function",
                    bindings.Count == 2 && bindings.Exists(b => TypeOf(b) == "http" && b.GetProperty("direction").GetString() == "out"));
            default:
                throw new HostStartException($"{name}: {TypeOf(trigger)} needs an extension bundle, and there is none");
        }
    }

    private static string TypeOf(JsonElement binding) => binding.GetProperty("type").GetString()!;
}
