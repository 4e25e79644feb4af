using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Neolia.LocalStack.Sip;

/// <summary>
/// One UDP socket and its client transactions (RFC 3261, 17.1.2): sends a request again until an answer comes, and
/// hands every answer to the request with the same branch. Requests from the server are not answered.
/// </summary>
internal sealed class SipSocket : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly ConcurrentDictionary<string, Exchange> _exchanges = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly SipDeviceOptions _options;
    private readonly Task _receiving;

    public SipSocket(SipDeviceOptions options)
    {
        _options = options;
        _socket.Bind(new IPEndPoint(options.LocalAddress ?? RouteTo(options.Server), 0));
        LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _receiving = ReceiveAsync(_closing.Token);
    }

    public IPEndPoint LocalEndPoint { get; }

    /// <summary>The final answer to a request whose topmost Via carries <paramref name="branch"/>.</summary>
    public async Task<SipMessage> ExchangeAsync(SipMessage request, string method, string branch, CancellationToken cancellationToken)
    {
        var datagram = request.ToBytes();
        var exchange = new Exchange();
        _exchanges[branch] = exchange;
        using var timerF = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        timerF.CancelAfter(_options.Timeout);
        try
        {
            for (var timerE = _options.RetransmitAfter; ; timerE = Next(timerE, exchange))
            {
                await _socket.SendToAsync(datagram, _options.Server, timerF.Token);
                await Task.WhenAny(exchange.Final.Task, Task.Delay(timerE, timerF.Token));
                if (exchange.Final.Task.IsCompleted)
                    return await exchange.Final.Task;
                timerF.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && !_closing.IsCancellationRequested)
        {
            throw new SipTimeoutException(method, _options.Timeout);
        }
        finally
        {
            _exchanges.TryRemove(branch, out _);
        }
    }

    // The address that the system would send from, so that Via and Contact name one the server can reach.
    private static IPAddress RouteTo(IPEndPoint server)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        probe.Connect(server);
        return ((IPEndPoint)probe.LocalEndPoint!).Address;
    }

    private TimeSpan Next(TimeSpan timerE, Exchange exchange) =>
        exchange.Proceeding || timerE * 2 > _options.RetransmitAtMost ? _options.RetransmitAtMost : timerE * 2;

    private async Task ReceiveAsync(CancellationToken closing)
    {
        var buffer = new byte[65_535];
        while (!closing.IsCancellationRequested)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(buffer, _options.Server, closing);
                if (SipMessage.Parse(buffer.AsSpan(0, received.ReceivedBytes)) is { IsResponse: true } response)
                    Deliver(response);
            }
            catch (SocketException)
            {
                // ICMP "port unreachable" while the server is down shows up here; timer F decides what it means.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Deliver(SipMessage response)
    {
        // A late answer to a transaction that has ended finds nobody and is dropped, as 17.1.2.2 has it.
        if (BranchOf(response) is not { } branch || !_exchanges.TryGetValue(branch, out var exchange))
            return;
        if (response.StatusCode < 200)
            exchange.Proceeding = true;
        else
            exchange.Final.TrySetResult(response);
    }

    private static string? BranchOf(SipMessage response) =>
        SipText.SplitUnquoted(response["Via"] ?? "", ';')
            .FirstOrDefault(part => part.StartsWith("branch=", StringComparison.OrdinalIgnoreCase))?["branch=".Length..];

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _receiving;
        _socket.Dispose();
        _closing.Dispose();
    }

    private sealed class Exchange
    {
        public TaskCompletionSource<SipMessage> Final { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>A provisional answer came: send again at the slow pace only.</summary>
        public volatile bool Proceeding;
    }
}
