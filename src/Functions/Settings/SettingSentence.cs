using System.Text.RegularExpressions;

namespace Neolia.Functions.Settings;

/// <summary>Completes what a validator found: where the setting comes from, and an example.</summary>
internal static partial class SettingSentence
{
    /// <param name="fault">Begins with the setting's name, and is the first half of a sentence: "Supabase__Password is missing".</param>
    public static string Of(string fault) =>
        FirstWord().Match(fault).Value is { Length: > 0 } name && SettingRegistry.Find(name) is { } setting
            ? $"{fault.TrimEnd('.')}; {setting.Where}, for example {setting.Example}."
            : fault;

    [GeneratedRegex("^[A-Za-z0-9_]+")]
    private static partial Regex FirstWord();
}
