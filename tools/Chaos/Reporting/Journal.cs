using System.Diagnostics;
using Neolia.Chaos.Parts;

namespace Neolia.Chaos.Reporting;

/// <summary>Tells how far a run has come, and keeps the report of what was done so far in a file: an interrupted run has one, too.</summary>
internal sealed class Journal(TextWriter output, string? file)
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private int _violations;

    public async Task WriteAsync(string part, Ground ground)
    {
        await output.WriteLineAsync($"{Elapsed:hh\\:mm\\:ss} {Report.Progress(part, ground)}");
        foreach (var violation in ground.Checker.Violations.First.Skip(_violations))
            await output.WriteLineAsync($"! {violation.Kind}: {violation.Text}");
        _violations = ground.Checker.Violations.First.Count;
        await SaveAsync(Report.Of(ground, Elapsed, isInterrupted: true));
    }

    /// <summary>The report of all of it; with why it ended before its time, if so.</summary>
    public async Task CloseAsync(Ground ground, bool isInterrupted)
    {
        var report = Report.Of(ground, Elapsed, isInterrupted);
        await SaveAsync(report);
        await output.WriteAsync(report);
    }

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_began);

    private async Task SaveAsync(string report)
    {
        if (file is null)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file + ".new", report, CancellationToken.None);
        File.Move(file + ".new", file, overwrite: true);
    }
}
