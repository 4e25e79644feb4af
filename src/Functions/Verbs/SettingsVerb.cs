using System.CommandLine;
using System.Text.Json;
using Neolia.Functions.Settings;

namespace Neolia.Functions.Verbs;

/// <summary>Lists what the program reads; needs none of it.</summary>
internal static class SettingsVerb
{
    public static Command Create()
    {
        var json = VerbOptions.Json();
        var verb = new Command("settings", "List every setting that the program reads: where it comes from, what it is, its default or an example. No value is shown.") { json };
        verb.SetAction((parsed, _) => VerbRun.AnswerAsync(new SettingsAnswer(SettingRegistry.All), parsed.GetValue(json)));
        return verb;
    }
}

internal sealed class SettingsAnswer(IReadOnlyList<Setting> settings) : IVerbAnswer
{
    public bool NeedsAttention => false;

    public IEnumerable<string> Lines =>
        from setting in settings
        from line in (string[])
        [
            setting.Name,
            $"    {setting.Meaning}",
            $"    {char.ToUpperInvariant(setting.Where[0])}{setting.Where[1..]}. {Value(setting)}",
        ]
        select line;

    public string ToJson() => JsonSerializer.Serialize(
        new SettingsJson([.. settings.Select(s => new SettingJson(
            s.Name, VerbJson.Spell(s.Source), s.VaultSecret, s.BicepParameter, s.Required, s.Default, s.Example, s.Meaning))]),
        VerbJson.Default.SettingsJson);

    private static string Value(Setting setting) => setting switch
    {
        { Default: { Length: > 0 } value } => $"Default: '{value}'.",
        { Required: true } => $"Required, for example {setting.Example}.",
        _ => $"For example {setting.Example}.",
    };
}

internal sealed record SettingsJson(IReadOnlyList<SettingJson> Settings);

internal sealed record SettingJson(
    string Name, string Source, string? VaultSecret, string? BicepParameter, bool Required, string? Default, string Example, string Meaning);
