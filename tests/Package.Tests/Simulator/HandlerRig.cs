using Neolia.FunctionsHost;
using Neolia.LocalStack;
using Neolia.LocalStack.Supabase;
using Host = Neolia.FunctionsHost.FunctionsHost;

namespace Neolia.Package.Tests.Simulator;

/// <summary>A package whose handler is a small script with one behaviour.</summary>
internal sealed class HandlerRig : IDisposable
{
    private const string Script = """
        #!/bin/sh
        exec "$NODE" "$SCRIPT"
        """;

    private const string Http = """
        { "bindings": [
          { "type": "httpTrigger", "direction": "in", "name": "request", "authLevel": "LEVEL", "methods": ["get", "post"], "route": "hello/{name}" },
          { "type": "http", "direction": "out", "name": "response" } ] }
        """;

    private const string Timer = """
        { "bindings": [{ "type": "timerTrigger", "direction": "in", "name": "clock", "schedule": "0 * * * * *" }] }
        """;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"neolia-handler-{Guid.NewGuid():N}");

    /// <param name="handler">What stands in host.json as customHandler, beside the description.</param>
    public HandlerRig(string handler = "\"enableProxyingHttpRequest\": true", string executable = "handler")
    {
        Write("host.json", $$"""{ "version": "2.0", "customHandler": { "description": { "defaultExecutablePath": "{{executable}}" }, {{handler}} } }""");
        Write("handler", Script);
        File.SetUnixFileMode(Path.Combine(_folder, "handler"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Write("hello/function.json", Http.Replace("LEVEL", "anonymous", StringComparison.Ordinal));
        Write("locked/function.json", Http.Replace("LEVEL", "function", StringComparison.Ordinal).Replace("hello/{name}", "locked", StringComparison.Ordinal));
        Write("tick/function.json", Timer);
    }

    public string Folder => _folder;

    public Task<Host> StartAsync(string behaviour) => Host.StartAsync(
        new FunctionsHostOptions
        {
            Package = FunctionPackage.Read(_folder),
            ReadyWithin = TimeSpan.FromSeconds(behaviour.StartsWith("never listens", StringComparison.Ordinal) || behaviour.StartsWith("listens", StringComparison.Ordinal) ? 1 : 30),
            FunctionTimeout = TimeSpan.FromSeconds(behaviour == "never answers" ? 1 : 60),
            Settings = new Dictionary<string, string>
            {
                ["BEHAVIOUR"] = behaviour,
                ["NODE"] = NodePackages.Node,
                ["SCRIPT"] = Path.Combine(Repository.Root, "tests", "Package.Tests", "Simulator", "handler.mjs"),
            },
        },
        TestContext.Current.CancellationToken);

    public void Write(string file, string text)
    {
        var path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
