using System.Globalization;
using Neolia.Chaos.Recording;

namespace Neolia.Chaos.Checking;

/// <summary>Keeps the whole history of a stretch in which something was found: how it came about is in there, and it may never come again.</summary>
internal sealed class Evidence(string folder, string processLog)
{
    private const int Most = 5;
    private const long LongestLog = 20_000_000;

    private int _kept;

    public async Task KeepAsync(Recording.Recording recording, IReadOnlyList<string> queue, Violations violations)
    {
        if (_kept >= Most)
            return;
        var here = Path.Combine(folder, (++_kept).ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(here);
        await WriteAsync("violations.txt", violations.First.Select(violation => $"{violation.Kind}: {violation.Text}"));
        await WriteAsync("queue.txt", queue);
        await WriteAsync("drawn.txt", recording.Accounts.Select(drawn => string.Create(CultureInfo.InvariantCulture, $"{drawn.Key.Version} {drawn.Key.Subject} {drawn.Value}")));
        await WriteAsync("drawn-units.txt", recording.Units.Select(drawn => string.Create(CultureInfo.InvariantCulture, $"{drawn.Key.Version} {drawn.Key.Subject} {drawn.Value}")));
        await WriteAsync("finished.txt", recording.Finished.Select(finished => finished.ToString()));
        await WriteAsync("seen.txt", recording.Seen.Select(seen => seen.ToString()));
        if (File.Exists(processLog))
            await CopyEndAsync(Path.Combine(here, "workers.log"));

        Task WriteAsync(string file, IEnumerable<string> lines) => File.WriteAllLinesAsync(Path.Combine(here, file), lines, CancellationToken.None);
    }

    private async Task CopyEndAsync(string to)
    {
        await using var from = new FileStream(processLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        from.Seek(Math.Max(0, from.Length - LongestLog), SeekOrigin.Begin);
        await using var copy = File.Create(to);
        await from.CopyToAsync(copy, CancellationToken.None);
    }
}
