using System.Text.Json;

namespace Neolia.Functions.Verbs;

/// <summary>Says why a verb came to no answer: in sentences on standard error, and to programs (<c>--json</c>) in one object, too.</summary>
internal static class VerbFailure
{
    public static async Task<int> TellAsync(bool json, int exitCode, params IReadOnlyList<string> sentences)
    {
        foreach (var sentence in sentences)
            await Console.Error.WriteLineAsync(sentence);
        if (json)
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new FailureJson(false, string.Join(' ', sentences)), VerbJson.Default.FailureJson));
        return exitCode;
    }
}

internal sealed record FailureJson(bool Success, string Error);
