using System.Text.Json;
using Neolia.LocalStack;

namespace Neolia.Functions.Tests.Hosting;

/// <summary>host.json and the function.json files, as the Functions host reads them.</summary>
internal static class FunctionTree
{
    public static JsonElement Host => Read(Path.Combine(Repository.Root, "host.json"));

    public static IReadOnlyList<(string Name, JsonElement Trigger, IReadOnlyList<JsonElement> Bindings)> Functions { get; } =
    [
        .. from folder in Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src", "Functions", "functions"))
           let bindings = Read(Path.Combine(folder, "function.json")).GetProperty("bindings").EnumerateArray().ToList()
           select (Path.GetFileName(folder), bindings.Single(b => b.Text("type").EndsWith("Trigger", StringComparison.Ordinal)), (IReadOnlyList<JsonElement>)bindings),
    ];

    /// <summary>What the host asks the program for: HTTP below the prefix, a timer by its function's name.</summary>
    public static IEnumerable<string> Requests =>
        from function in Functions
        from request in function.Trigger.Text("type") == "timerTrigger"
            ? [$"POST /{function.Name}"]
            : function.Trigger.GetProperty("methods").EnumerateArray().Select(method => $"{method.GetString()!.ToUpperInvariant()} /api/{function.Trigger.Text("route")}")
        select request;

    public static string Text(this JsonElement json, string field) => json.GetProperty(field).GetString()!;

    private static JsonElement Read(string file) => JsonDocument.Parse(File.ReadAllText(file)).RootElement;
}
