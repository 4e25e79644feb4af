using System.Diagnostics;
using Neolia.Chaos.Arenas;

namespace Neolia.Chaos.Restores;

/// <summary>The operator's verb, as the guide says to run it after a restore.</summary>
internal static class OperatorsReconcile
{
    /// <summary>Answers what it reports.</summary>
    public static async Task<string> RunAsync(Arena arena, string executable, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(executable, ["reconcile", "--force"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in arena.Stack.AppSettings.Concat(settings))
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var report = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return report.Length > 0 ? report : await errors;
    }
}
