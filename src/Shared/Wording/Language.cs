namespace Neolia.Functions.Wording;

/// <summary>A language that answers to people can be given in.</summary>
public enum Language
{
    English,
    French,
}

public static class Languages
{
    /// <summary>
    /// The one that a header <c>Accept-Language</c> prefers (RFC 9110, 12.5.4), by its weights and then by order.
    /// English where it names neither, or isn't there.
    /// </summary>
    public static Language Preferred(string? acceptLanguage)
    {
        var (best, weight) = (Language.English, 0.0);
        foreach (var range in (acceptLanguage ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            var parts = range.Split(';', StringSplitOptions.TrimEntries);
            if (Of(parts[0]) is { } language && WeightOf(parts) is var wanted && wanted > weight)
                (best, weight) = (language, wanted);
        }

        return best;
    }

    private static Language? Of(string tag) => tag.Split('-')[0].ToUpperInvariant() switch
    {
        "FR" => Language.French,
        "EN" => Language.English,
        _ => null,
    };

    private static double WeightOf(string[] parts) =>
        parts.Length < 2 || !parts[1].StartsWith("q=", StringComparison.OrdinalIgnoreCase)
            ? 1
            : double.TryParse(parts[1][2..], System.Globalization.CultureInfo.InvariantCulture, out var weight) ? weight : 0;
}
