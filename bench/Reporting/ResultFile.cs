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
        using var git = Process.Start(new ProcessStartInfo("git", ["describe", "--always", "--dirty", "--abbrev=12"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        })!;
        var commit = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return commit;
    }
}
