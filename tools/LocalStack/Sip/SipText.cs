namespace Neolia.LocalStack.Sip;

/// <summary>Splitting as SIP headers need it.</summary>
internal static class SipText
{
    /// <summary>Splits at a separator that is neither inside a quoted string nor inside angle brackets; parts are trimmed.</summary>
    public static IEnumerable<string> SplitUnquoted(string text, char separator)
    {
        var start = 0;
        var quoted = false;
        var bracketed = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '\\')
                i++;
            else if (c == '"')
                quoted = !quoted;
            else if (!quoted && c is '<' or '>')
                bracketed = c == '<';
            else if (c == separator && !quoted && !bracketed)
            {
                yield return text[start..i].Trim();
                start = i + 1;
            }
        }
        yield return text[start..].Trim();
    }

    /// <summary>Value of a header's parameter, outside the angle brackets of its address; null where it is missing.</summary>
    public static string? Parameter(string headerValue, string name) =>
        SplitUnquoted(headerValue, ';')
            .FirstOrDefault(part => part.StartsWith($"{name}=", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..];

    /// <summary>The address of a From, To, Contact or Route value, without brackets, display name and parameters of the header.</summary>
    public static string UriOf(string headerValue)
    {
        var open = headerValue.IndexOf('<', StringComparison.Ordinal);
        return open < 0
            ? SplitUnquoted(headerValue, ';').First()
            : headerValue[(open + 1)..headerValue.IndexOf('>', open)];
    }
}
