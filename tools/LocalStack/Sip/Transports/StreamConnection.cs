using System.Net.Security;
using System.Net.Sockets;

namespace Neolia.LocalStack.Sip.Transports;

/// <summary>TCP, with TLS around it or not. Nothing listens on its port: the server can only use this very connection.</summary>
internal sealed class StreamConnection : ISipConnection
{
    private readonly SipDeviceOptions _options;
    private readonly SslClientAuthenticationOptions? _tls;
    private readonly Socket _socket;
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly TaskCompletionSource<SipFrames> _frames = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _connecting;

    public StreamConnection(SipDeviceOptions options, SslClientAuthenticationOptions? tls)
    {
        _options = options;
        _tls = tls;
        _socket = SipConnection.Bind(options, SocketType.Stream, ProtocolType.Tcp);
        _socket.NoDelay = true;
        var protocol = tls is null ? "tcp" : "tls";
        Via = $"{protocol.ToUpperInvariant()} {_socket.LocalEndPoint}";
        ContactHost = $"{_socket.LocalEndPoint};transport={protocol}";
    }

    public string Via { get; }

    public string ContactHost { get; }

    public bool IsReliable => true;

    public async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _connecting, 1) == 0)
            await ConnectAsync();
        var frames = await _frames.Task.WaitAsync(cancellationToken);
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await frames.Stream.WriteAsync(message, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    public async Task<SipMessage?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var frames = await _frames.Task.WaitAsync(cancellationToken);
        return await frames.ReadAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _socket.Dispose();
        _closing.Dispose();
    }

    private async Task ConnectAsync()
    {
        try
        {
            await _socket.ConnectAsync(_options.Server, _closing.Token);
            Stream stream = new NetworkStream(_socket);
            if (_tls is not null)
            {
                var encrypted = new SslStream(stream);
                await encrypted.AuthenticateAsClientAsync(_tls, _closing.Token);
                stream = encrypted;
            }
            _frames.SetResult(new SipFrames(stream));
        }
        catch (Exception why)
        {
            // Whoever waits to send or to receive gets it.
            _frames.SetException(why);
        }
    }
}
