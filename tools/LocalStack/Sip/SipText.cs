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
}
