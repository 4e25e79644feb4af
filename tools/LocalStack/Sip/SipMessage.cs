using System.Globalization;
using System.Text;

namespace Neolia.LocalStack.Sip;

/// <summary>A request or response as it stands on the wire (RFC 3261, 7). Header names compare without case.</summary>
public sealed class SipMessage
{
    private readonly List<KeyValuePair<string, string>> _headers = [];

    public SipMessage(string startLine) => StartLine = startLine;

    /// <summary>Request line or status line.</summary>
    public string StartLine { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers;

    public bool IsResponse => StartLine.StartsWith("SIP/2.0 ", StringComparison.Ordinal);

    /// <summary>Status code of a response.</summary>
    public int StatusCode => int.Parse(StartLine.AsSpan(8, 3), CultureInfo.InvariantCulture);

    /// <summary>Reason phrase of a response.</summary>
    public string Reason => StartLine.Length > 12 ? StartLine[12..] : "";

    /// <summary>First value of a header, or null.</summary>
    public string? this[string name] => All(name).FirstOrDefault();

    /// <summary>All values of a header, in order.</summary>
    public IEnumerable<string> All(string name) =>
        from header in _headers where header.Key.Equals(name, StringComparison.OrdinalIgnoreCase) select header.Value;

    /// <summary>Bindings that a registrar lists in a 200.</summary>
    public IReadOnlyList<SipContact> Contacts => [.. All("Contact").SelectMany(SipContact.ParseList)];

    public SipMessage Add(string name, string value)
    {
        _headers.Add(new(name, value));
        return this;
    }

    /// <summary>The message as UTF-8, without a body.</summary>
    public byte[] ToBytes()
    {
        var text = new StringBuilder(StartLine).Append("\r\n");
        foreach (var (name, value) in _headers)
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        return Encoding.UTF8.GetBytes(text.Append("\r\n").ToString());
    }

    /// <summary>Reads one datagram; null where it is no SIP message (a keepalive, for example).</summary>
    public static SipMessage? Parse(ReadOnlySpan<byte> datagram)
    {
        var lines = Encoding.UTF8.GetString(datagram).Split("\r\n");
        if (!lines[0].Contains("SIP/2.0", StringComparison.Ordinal))
            return null;
        var message = new SipMessage(lines[0]);
        foreach (var line in lines.Skip(1).TakeWhile(line => line.Length > 0))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                message.Add(LongName(line[..colon].TrimEnd()), line[(colon + 1)..].Trim());
        }
        return message;
    }

    // Compact forms, RFC 3261, 7.3.3.
    private static string LongName(string name) => name switch
    {
        "v" => "Via",
        "f" => "From",
        "t" => "To",
        "i" => "Call-ID",
        "m" => "Contact",
        "l" => "Content-Length",
        _ => name,
    };
}
