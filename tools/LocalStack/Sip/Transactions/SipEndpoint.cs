using System.Collections.Concurrent;
using Neolia.LocalStack.Sip.Transports;

namespace Neolia.LocalStack.Sip.Transactions;

/// <summary>
/// One connection and its transactions (RFC 3261, 17): requests go out, again where the transport may lose them, and
/// every answer finds its request by the branch. A request that comes in again gets the answer that it got before.
/// </summary>
internal sealed class SipEndpoint : IAsyncDisposable
{
    private readonly ISipConnection _connection;
    private readonly ConcurrentDictionary<string, ClientTransaction> _transactions = new();
    private readonly ConcurrentDictionary<string, SipMessage?> _answered = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly SipDeviceOptions _options;
    private readonly Func<SipEndpoint, SipMessage, Task> _onRequest;
    private readonly Task _receiving;
    private volatile SipConnectionLostException? _lost;

    public SipEndpoint(SipDeviceOptions options, Func<SipEndpoint, SipMessage, Task> onRequest)
    {
        _options = options;
        _onRequest = onRequest;
        _connection = SipConnection.Open(options);
        _receiving = ReceiveAsync(_closing.Token);
    }

    public string ContactHost => _connection.ContactHost;

    /// <summary>Ends when the connection does.</summary>
    public Task Closed => _receiving;

    /// <summary>Sends a request without waiting for anything; one without Via gets one.</summary>
    public Task SendAsync(SipMessage message, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
        if (_lost is { } lost)
            throw lost;
        return _connection.SendAsync(Complete(message).ToBytes(), cancellationToken);
    }

    /// <summary>Answers a request.</summary>
    public Task RespondAsync(SipMessage request, SipMessage response, CancellationToken cancellationToken)
    {
        _answered[ClientTransaction.KeyOf(request)] = response;
        return SendAsync(response, cancellationToken);
    }

    /// <summary>Starts a transaction for a request; one without Via gets one.</summary>
    public ClientTransaction Begin(SipMessage request, Action<SipMessage>? onProvisional = null)
    {
        var transaction = new ClientTransaction(Complete(request), onProvisional);
        _transactions[ClientTransaction.KeyOf(request)] = transaction;
        return transaction;
    }

    /// <summary>Sends the request until an answer comes, and gives the final one.</summary>
    public async Task<SipMessage> ExchangeAsync(ClientTransaction transaction, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        end.CancelAfter(_options.Timeout);
        var rings = false;
        try
        {
            await SendAsync(transaction.Request, end.Token);
            for (var wait = _options.RetransmitAfter; ; wait = Next(wait, transaction))
            {
                await Task.WhenAny(transaction.Final, Task.Delay(wait, end.Token));
                if (transaction.Final.IsCompleted)
                    return await transaction.Final;
                end.Token.ThrowIfCancellationRequested();
                if (!rings && transaction is { IsInvite: true, Proceeding: true })
                {
                    rings = true;
                    end.CancelAfter(_options.RingTimeout);
                }
                if (!_connection.IsReliable && !rings)
                    await SendAsync(transaction.Request, end.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && !_closing.IsCancellationRequested)
        {
            throw new SipTimeoutException(transaction.Request.Method, rings ? _options.RingTimeout : _options.Timeout);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _receiving;
        await _connection.DisposeAsync();
        _closing.Dispose();
    }

    private TimeSpan Next(TimeSpan wait, ClientTransaction transaction) =>
        transaction.Proceeding || wait * 2 > _options.RetransmitAtMost ? _options.RetransmitAtMost : wait * 2;

    private SipMessage Complete(SipMessage message) => message["Via"] is not null
        ? message
        : message.Prepend("Via", $"SIP/2.0/{_connection.Via};branch={SipToken.NewBranch()};rport");

    private async Task ReceiveAsync(CancellationToken closing)
    {
        var why = new SipConnectionLostException("The server has closed the connection.");
        try
        {
            while (await _connection.ReceiveAsync(closing) is { } message)
                await (message.IsResponse ? OnResponseAsync(message, closing) : OnRequestAsync(message, closing));
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            return;
        }
        catch (Exception broken)
        {
            why = new SipConnectionLostException($"The connection broke: {broken.Message}", broken);
        }
        _lost = why;
        foreach (var transaction in _transactions.Values)
            transaction.Fail(why);
    }

    private async Task OnResponseAsync(SipMessage response, CancellationToken closing)
    {
        // An answer to a transaction that nobody knows is dropped, as 17.1.1.2 has it.
        if (!_transactions.TryGetValue(ClientTransaction.KeyOf(response), out var transaction))
            return;
        transaction.Receive(response);
        if (!transaction.IsInvite || response.StatusCode < 200)
            return;
        await SendAsync(response.StatusCode < 300 ? SipDialog.OfCaller(transaction.Request, response).Ack() : transaction.AckOf(response), closing);
    }

    private async Task OnRequestAsync(SipMessage request, CancellationToken closing)
    {
        if (_answered.TryAdd(ClientTransaction.KeyOf(request), null))
            await _onRequest(this, request);
        else if (_answered[ClientTransaction.KeyOf(request)] is { } again)
            await SendAsync(again, closing);
    }
}
