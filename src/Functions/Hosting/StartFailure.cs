using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Neolia.Functions.Settings;

namespace Neolia.Functions.Hosting;

/// <summary>Says in a sentence for each fault why the program could not start.</summary>
internal static partial class StartFailure
{
    /// <summary>Empty for a failure that is no setting's fault.</summary>
    public static IReadOnlyList<string> Explain(Exception exception) => exception switch
    {
        OptionsValidationException invalid => [.. invalid.Failures.Select(SettingSentence.Of)],

        // Several sections at fault at once.
        AggregateException several when several.InnerExceptions.Select(Explain).ToList() is var all && all.TrueForAll(one => one.Count > 0) =>
            [.. all.SelectMany(sentences => sentences)],

        // The configuration binder met a number or a time that is none; its message is the only place that names the setting.
        InvalidOperationException { InnerException: not null } unreadable when UnreadableSetting().Match(unreadable.Message) is { Success: true } match =>
            [SettingSentence.Of($"{match.Groups["setting"].Value.Replace(":", "__", StringComparison.Ordinal)} must be a number or a time (hours:minutes:seconds)")],

        IOException { InnerException: AddressInUseException } taken => [$"{taken.Message.TrimEnd('.')}: another program listens there. Set FUNCTIONS_CUSTOMHANDLER_PORT or PORT to a free port."],

        _ => [],
    };

    [GeneratedRegex("^Failed to convert configuration value .* at '(?<setting>[^']+)' to type")]
    private static partial Regex UnreadableSetting();
}
