using System.Globalization;

namespace Neolia.Chaos;

/// <summary>What <c>./dev chaos [--minutes N] [--seed S] [--part NAME] [--mutants [NAME]]</c> says.</summary>
internal sealed record ChaosArguments(TimeSpan Time, int Seed, string? Part, bool Mutants, string? Mutant)
{
    public static ChaosArguments Parse(string[] args) => new(
        TimeSpan.FromMinutes(double.Parse(After(args, "--minutes") ?? "2", CultureInfo.InvariantCulture)),
        int.Parse(After(args, "--seed") ?? "1", CultureInfo.InvariantCulture),
        After(args, "--part"),
        args.Contains("--mutants"),
        After(args, "--mutants"));

    private static string? After(string[] args, string option) =>
        Array.IndexOf(args, option) is var index and >= 0 && index + 1 < args.Length && !args[index + 1].StartsWith('-') ? args[index + 1] : null;
}
