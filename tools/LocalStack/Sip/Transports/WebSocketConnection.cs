using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;

namespace Neolia.LocalStack.Sip.Transports;

/// <summary>One WebSocket message, one SIP message (RFC 7118); over TLS or not. As in a browser, its own address is a made-up name.</summary>
internal sealed class WebSocketConnection : ISipConnection
{
    private readonly Uri _url;
    private readonly SocketsHttpHandler _handler;
    private readonly ClientWebSocket _webSocket = new();
    private readonly string _name = $"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}.invalid";
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly byte[] _buffer = new byte[65_535];
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _connecting;

    public WebSocketConnection(SipDeviceOptions options, SslClientAuthenticationOptions? tls)
    {
        var secure = tls is not null;
        _url = new Uri($"{(secure ? "wss" : "ws")}://{options.Server}/");
        _webSocket.Options.AddSubProtocol("sip");
        _handler = new SocketsHttpHandler
        {
            SslOptions = tls ?? new SslClientAuthenticationOptions(),
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = SipConnection.Bind(options, SocketType.Stream, ProtocolType.Tcp);
                socket.NoDelay = true;
                await socket.ConnectAsync(options.Server, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        Via = $"{(secure ? "WSS" : "WS")} {_name}";
    }

    public string Via { get; }

    // Over TLS, too (RFC 7118, 5.2.2): the parameter tells WebSocket, the scheme of the URI would tell TLS.
    public string ContactHost => $"{_name};transport=ws";

    public bool IsReliable => true;

    public async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _connecting, 1) == 0)
            await ConnectAsync();
        await _connected.Task.WaitAsync(cancellationToken);
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await _webSocket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    public async Task<SipMessage?> ReceiveAsync(CancellationToken cancellationToken)
    {
        await _connected.Task.WaitAsync(cancellationToken);
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await _webSocket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            if (SipMessage.Parse(_buffer.AsSpan(0, length)) is { } message)
                return message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _webSocket.Dispose();
        _handler.Dispose();
        _closing.Dispose();
    }

    private async Task ConnectAsync()
    {
        try
        {
            using var invoker = new HttpMessageInvoker(_handler, disposeHandler: false);
            await _webSocket.ConnectAsync(_url, invoker, _closing.Token);
            _connected.SetResult();
        }
        catch (Exception why)
        {
            // Whoever waits to send or to receive gets it.
            _connected.SetException(why);
        }
    }
}
