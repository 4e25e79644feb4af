using System.Globalization;

namespace Neolia.Bench;

/// <summary>What <c>./dev bench NAME [--short] [--rows N,N] [--runs N]</c> says.</summary>
internal sealed record BenchArguments(string? Name, bool Short, IReadOnlyList<int> Rows, int? Runs)
{
    public static BenchArguments Parse(string[] args) => new(
        args.FirstOrDefault() is { } name && !name.StartsWith('-') ? name : null,
        args.Contains("--short"),
        [.. (After(args, "--rows") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(n => int.Parse(n, CultureInfo.InvariantCulture))],
        After(args, "--runs") is { } runs ? int.Parse(runs, CultureInfo.InvariantCulture) : null);

    private static string? After(string[] args, string option) =>
        Array.IndexOf(args, option) is var index and >= 0 && index + 1 < args.Length ? args[index + 1] : null;
}
