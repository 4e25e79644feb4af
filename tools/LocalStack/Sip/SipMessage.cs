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

    /// <summary>Empty without one; its length and type are headers.</summary>
    public string Body { get; private set; } = "";

    public bool IsResponse => StartLine.StartsWith("SIP/2.0 ", StringComparison.Ordinal);

    /// <summary>Status code of a response.</summary>
    public int StatusCode => int.Parse(StartLine.AsSpan(8, 3), CultureInfo.InvariantCulture);

    /// <summary>Reason phrase of a response.</summary>
    public string Reason => StartLine.Length > 12 ? StartLine[12..] : "";

    /// <summary>Method of a request, or of the request that a response answers.</summary>
    public string Method => IsResponse ? this["CSeq"]!.Split(' ')[^1] : StartLine[..StartLine.IndexOf(' ', StringComparison.Ordinal)];

    /// <summary>Request URI of a request.</summary>
    public string RequestUri => StartLine.Split(' ')[1];

    /// <summary>What tells one transaction from another: the branch of the topmost Via.</summary>
    public string Branch => SipText.Parameter(this["Via"] ?? "", "branch") ?? "";

    internal int ContentLength => int.TryParse(this["Content-Length"], NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : 0;

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

    public SipMessage Prepend(string name, string value)
    {
        _headers.Insert(0, new(name, value));
        return this;
    }

    /// <summary>Puts the value in the place of all that this header had.</summary>
    public SipMessage Set(string name, string value)
    {
        var first = _headers.FindIndex(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
        Remove(name);
        _headers.Insert(first < 0 ? _headers.Count : first, new(name, value));
        return this;
    }

    public SipMessage Remove(string name)
    {
        _headers.RemoveAll(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
        return this;
    }

    public SipMessage WithBody(string contentType, string body)
    {
        Body = body;
        return Set("Content-Type", contentType);
    }

    /// <summary>The same headers and body, perhaps under another start line.</summary>
    public SipMessage Copy(string? startLine = null)
    {
        var copy = new SipMessage(startLine ?? StartLine) { Body = Body };
        copy._headers.AddRange(_headers);
        return copy;
    }

    /// <summary>The message as UTF-8. Content-Length is what the body has unless the header says something else.</summary>
    public byte[] ToBytes()
    {
        var text = new StringBuilder(StartLine).Append("\r\n");
        foreach (var (name, value) in _headers)
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        if (this["Content-Length"] is null)
            text.Append(CultureInfo.InvariantCulture, $"Content-Length: {Encoding.UTF8.GetByteCount(Body)}\r\n");
        return Encoding.UTF8.GetBytes(text.Append("\r\n").Append(Body).ToString());
    }

    /// <summary>Reads one message; null where it is none (a keepalive, for example).</summary>
    public static SipMessage? Parse(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        var lines = Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]).Split("\r\n");
        if (!lines[0].Contains("SIP/2.0", StringComparison.Ordinal))
            return null;
        var message = new SipMessage(lines[0]);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                message.Add(LongName(line[..colon].TrimEnd()), line[(colon + 1)..].Trim());
        }
        if (end >= 0)
            message.Body = Encoding.UTF8.GetString(bytes[(end + 4)..]);
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
        "c" => "Content-Type",
        "l" => "Content-Length",
        _ => name,
    };
}
