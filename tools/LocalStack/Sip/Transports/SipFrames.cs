using System.Text;

namespace Neolia.LocalStack.Sip.Transports;

/// <summary>Messages in a stream: each ends where its Content-Length says (RFC 3261, 18.3); blank lines between are keepalives.</summary>
internal sealed class SipFrames(Stream stream)
{
    private static readonly byte[] EndOfHeaders = "\r\n\r\n"u8.ToArray();

    private readonly byte[] _chunk = new byte[16_384];
    private byte[] _unread = [];

    public Stream Stream { get; } = stream;

    /// <summary>The next message; null at the end of the stream.</summary>
    public async Task<SipMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            _unread = [.. _unread.SkipWhile(b => b is (byte)'\r' or (byte)'\n')];
            if (Take() is { } message)
                return message;
            var read = await Stream.ReadAsync(_chunk, cancellationToken);
            if (read == 0)
                return null;
            _unread = [.. _unread, .. _chunk.AsSpan(0, read)];
        }
    }

    private SipMessage? Take()
    {
        var end = _unread.AsSpan().IndexOf(EndOfHeaders);
        if (end < 0)
            return null;
        var head = SipMessage.Parse(_unread.AsSpan(0, end + EndOfHeaders.Length))
            ?? throw new InvalidDataException($"No SIP message: {Encoding.UTF8.GetString(_unread, 0, end)}");
        var length = end + EndOfHeaders.Length + head.ContentLength;
        if (_unread.Length < length)
            return null;
        var message = SipMessage.Parse(_unread.AsSpan(0, length));
        _unread = _unread[length..];
        return message;
    }
}
