using System.Collections.Concurrent;
using Neolia.LocalStack.Sip.Transactions;

namespace Neolia.LocalStack.Sip.Calls;

/// <summary>A call that this device makes. It is under way from the start; a challenge is answered once.</summary>
public sealed class OutgoingCall
{
    private readonly SipEndpoint _endpoint;
    private readonly SipAuthenticator _authenticator;
    private readonly ConcurrentQueue<SipMessage> _provisional = new();
    private readonly TaskCompletionSource<SipMessage> _ringing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<SipMessage> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ClientTransaction _transaction;

    internal OutgoingCall(SipEndpoint endpoint, SipAuthenticator authenticator, SipMessage invite, CancellationToken cancellationToken)
    {
        _endpoint = endpoint;
        _authenticator = authenticator;
        _transaction = endpoint.Begin(invite, OnProvisional);
        Final = InviteAsync(cancellationToken);
    }

    /// <summary>The INVITE as it was sent last.</summary>
    public SipMessage Invite => _transaction.Request;

    /// <summary>1xx answers so far, in order.</summary>
    public IReadOnlyList<SipMessage> Provisional => [.. _provisional];

    /// <summary>The first answer from 180 on that is provisional; fails where the final one comes first.</summary>
    public Task<SipMessage> Ringing => _ringing.Task;

    /// <summary>The final answer, whatever its status; a 200 has been acknowledged, and its body is the other side's session description.</summary>
    public Task<SipMessage> Final { get; }

    /// <summary>The other side's BYE.</summary>
    public Task<SipMessage> Ended => _ended.Task;

    /// <summary>Of the answered call.</summary>
    public SipDialog? Dialog { get; private set; }

    /// <summary>Gives up before anybody answered; gives the answer to the CANCEL. The call's own final answer follows.</summary>
    public Task<SipMessage> CancelAsync(CancellationToken cancellationToken) =>
        _endpoint.ExchangeAsync(_endpoint.Begin(_transaction.Cancel()), cancellationToken);

    /// <summary>Ends an answered call; gives the answer to the BYE.</summary>
    public Task<SipMessage> HangUpAsync(CancellationToken cancellationToken)
    {
        var dialog = Dialog ?? throw new InvalidOperationException("Nobody has answered this call.");
        return _endpoint.ExchangeAsync(_endpoint.Begin(dialog.Request("BYE")), cancellationToken);
    }

    internal void OnBye(SipMessage bye) => _ended.TrySetResult(bye);

    private async Task<SipMessage> InviteAsync(CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _endpoint.ExchangeAsync(_transaction, cancellationToken);
            if (_authenticator.Answer(_transaction.Request, answer) is { } authorized)
            {
                _transaction = _endpoint.Begin(authorized, OnProvisional);
                answer = await _endpoint.ExchangeAsync(_transaction, cancellationToken);
            }
            if (answer.StatusCode < 300)
                Dialog = SipDialog.OfCaller(_transaction.Request, answer);
            _ringing.TrySetException(new InvalidOperationException($"It never rang: {answer.StartLine}"));
            return answer;
        }
        catch (Exception why)
        {
            _ringing.TrySetException(why);
            throw;
        }
    }

    private void OnProvisional(SipMessage answer)
    {
        _provisional.Enqueue(answer);
        if (answer.StatusCode >= 180)
            _ringing.TrySetResult(answer);
    }
}
