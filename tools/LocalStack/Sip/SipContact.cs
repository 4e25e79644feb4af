using System.Globalization;

namespace Neolia.LocalStack.Sip;

/// <summary>One binding in a Contact header of a REGISTER's answer.</summary>
/// <param name="Uri">The address without angle brackets.</param>
/// <param name="Expires">Seconds left, or null where the header does not say.</param>
public sealed record SipContact(string Uri, int? Expires)
{
    /// <summary>Reads one header value, which may hold several contacts (RFC 3261, 20.10).</summary>
    public static IEnumerable<SipContact> ParseList(string headerValue)
    {
        foreach (var text in SipText.SplitUnquoted(headerValue, ','))
        {
            var open = text.IndexOf('<', StringComparison.Ordinal);
            var close = text.IndexOf('>', open + 1);
            // Without brackets everything after ';' belongs to the header, not to the address.
            var parts = SipText.SplitUnquoted(open < 0 ? text : text[(close + 1)..], ';').ToArray();
            yield return new SipContact(open < 0 ? parts[0] : text[(open + 1)..close], ExpiresOf(parts));
        }
    }

    private static int? ExpiresOf(string[] parameters) =>
        parameters.FirstOrDefault(p => p.StartsWith("expires=", StringComparison.OrdinalIgnoreCase)) is { } found
            ? int.Parse(found["expires=".Length..], CultureInfo.InvariantCulture)
            : null;
}
