using System.Net.Sockets;

namespace Neolia.LocalStack.Sip.Transports;

/// <summary>One datagram, one message.</summary>
internal sealed class UdpConnection : ISipConnection
{
    private readonly SipDeviceOptions _options;
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[65_535];

    public UdpConnection(SipDeviceOptions options)
    {
        _options = options;
        _socket = SipConnection.Bind(options, SocketType.Dgram, ProtocolType.Udp);
        ContactHost = _socket.LocalEndPoint!.ToString()!;
    }

    public string Via => $"UDP {ContactHost}";

    public string ContactHost { get; }

    public bool IsReliable => false;

    public async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        await _socket.SendToAsync(message, _options.Server, cancellationToken);

    public async Task<SipMessage?> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(_buffer, _options.Server, cancellationToken);
                if (SipMessage.Parse(_buffer.AsSpan(0, received.ReceivedBytes)) is { } message)
                    return message;
            }
            catch (SocketException)
            {
                // ICMP "port unreachable" while the server is down shows up here; the time-out decides what it means.
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
