using System.Diagnostics;
using System.Text.Json;
using Neolia.LocalStack;
using Neolia.LocalStack.Supabase;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>A script beside the tests, run on Node with the local stack's packages. It prints one JSON value.</summary>
internal static class NodeScript
{
    public static async Task<JsonElement> RunAsync(string script, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(NodePackages.Node, Path.Combine(Repository.Root, "tests", "EndToEnd.Tests", "Http", script))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NODE_PACKAGES"] = NodePackages.Root },
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var node = Process.Start(start)!;
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(node.ExitCode == 0, await errors);
        return JsonDocument.Parse(await output).RootElement;
    }
}
