using System.CommandLine;

namespace Neolia.Functions.Verbs;

/// <summary>Options that several verbs have.</summary>
internal static class VerbOptions
{
    public const string JsonName = "--json";

    public static Option<bool> Json() => new(JsonName) { Description = "Answer with one JSON object on standard output." };

    public static Option<bool> DryRun() => new("--dry-run") { Description = "Change nothing; say what would be done." };
}
