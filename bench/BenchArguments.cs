using System.Globalization;

namespace Neolia.Bench;

/// <summary>What <c>./dev bench NAME [--short] [--rows N,N] [--runs N] [--buffers MIB]</c> says.</summary>
internal sealed record BenchArguments(string? Name, bool Short, IReadOnlyList<int> Rows, int? Runs, int? BuffersMiB)
{
    public static BenchArguments Parse(string[] args) => new(
        args.FirstOrDefault() is { } name && !name.StartsWith('-') ? name : null,
        args.Contains("--short"),
        [.. (After(args, "--rows") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(n => int.Parse(n, CultureInfo.InvariantCulture))],
        NumberAfter(args, "--runs"),
        NumberAfter(args, "--buffers"));

    /// <summary>Of the file that the figures go to: a short run, and one with other buffers, must not take the place of the usual one.</summary>
    public string ResultName(string bench) => $"{bench}{(BuffersMiB is { } mib ? $"-{mib}MiB" : "")}{(Short ? "-short" : "")}";

    private static int? NumberAfter(string[] args, string option) =>
        After(args, option) is { } number ? int.Parse(number, CultureInfo.InvariantCulture) : null;

    private static string? After(string[] args, string option) =>
        Array.IndexOf(args, option) is var index and >= 0 && index + 1 < args.Length ? args[index + 1] : null;
}
