using System.Diagnostics;
using System.Text.Json;
using Neolia.LocalStack;

namespace Neolia.Bench.Reporting;

/// <summary>Writes <c>bench/results/NAME.json</c>: the figures, and what they were measured on.</summary>
public static class ResultFile
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Answers the path that was written.</summary>
    public static string Write<T>(string name, IReadOnlyDictionary<string, string> servers, T figures)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "bench", "results")).FullName;
        var path = Path.Combine(folder, $"{name}.json");
        var content = new { Name = name, MeasuredAt = DateTimeOffset.UtcNow, Machine = Machine.Read(Commit()), Servers = servers, Figures = figures };
        File.WriteAllText(path, JsonSerializer.Serialize(content, Format) + "\n");
        return path;
    }

    private static string Commit()
    {
        // Results of the runs before are no change of what is measured.
        var changes = Git("status", "--porcelain", "--", ".", ":!bench/results");
        return Git("rev-parse", "--short=12", "HEAD") + (changes.Length > 0 ? "-dirty" : "");
    }

    private static string Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true })!;
        var answer = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return git.ExitCode == 0 ? answer : throw new InvalidOperationException("git doesn't say what is measured here.");
    }
}
