using Neolia.LocalStack.Sip.Transactions;

namespace Neolia.LocalStack.Sip.Calls;

/// <summary>A call that came in. A CANCEL and a BYE of the caller are answered by themselves.</summary>
public sealed class IncomingCall
{
    private readonly SipEndpoint _endpoint;
    private readonly string _contactUri;
    private readonly TaskCompletionSource<SipMessage> _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<SipMessage> _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<SipMessage> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _decided;

    internal IncomingCall(SipEndpoint endpoint, SipMessage invite, string contactUri)
    {
        _endpoint = endpoint;
        _contactUri = contactUri;
        Invite = invite;
    }

    public SipMessage Invite { get; }

    /// <summary>The caller's session description.</summary>
    public string Offer => Invite.Body;

    /// <summary>Address of record of the caller, as its From says.</summary>
    public string Caller => SipText.UriOf(Invite["From"]!);

    /// <summary>The CANCEL: the caller gave up, or another device answered first.</summary>
    public Task<SipMessage> Cancelled => _cancelled.Task;

    /// <summary>The ACK of this device's final answer.</summary>
    public Task<SipMessage> Acknowledged => _acknowledged.Task;

    /// <summary>The caller's BYE.</summary>
    public Task<SipMessage> Ended => _ended.Task;

    /// <summary>Of the answered call.</summary>
    public SipDialog? Dialog { get; private set; }

    internal string Tag { get; } = SipToken.New();

    /// <summary>180 Ringing.</summary>
    public Task RingAsync(CancellationToken cancellationToken) => RespondAsync(Response(180, "Ringing"), cancellationToken);

    /// <summary>200 OK with this session description.</summary>
    public Task AnswerAsync(string sdp, CancellationToken cancellationToken)
    {
        Decide();
        var answer = Response(200, "OK").WithBody(SessionDescription.ContentType, sdp);
        Dialog = SipDialog.OfCallee(Invite, answer);
        return RespondAsync(answer, cancellationToken);
    }

    /// <summary>A final no.</summary>
    public Task DeclineAsync(int status, string reason, CancellationToken cancellationToken)
    {
        Decide();
        return RespondAsync(Response(status, reason), cancellationToken);
    }

    /// <summary>Ends an answered call; gives the answer to the BYE.</summary>
    public Task<SipMessage> HangUpAsync(CancellationToken cancellationToken)
    {
        var dialog = Dialog ?? throw new InvalidOperationException("This call has not been answered.");
        return _endpoint.ExchangeAsync(_endpoint.Begin(dialog.Request("BYE")), cancellationToken);
    }

    internal async Task OnCancelAsync(SipMessage cancel)
    {
        var first = Interlocked.Exchange(ref _decided, 1) == 0;
        await _endpoint.RespondAsync(cancel, SipResponse.To(cancel, 200, "OK", Tag), CancellationToken.None);
        if (!first)
            return; // Too late: the answer is on its way.
        await RespondAsync(Response(487, "Request Terminated"), CancellationToken.None);
        _cancelled.TrySetResult(cancel);
    }

    internal void OnAck(SipMessage ack) => _acknowledged.TrySetResult(ack);

    internal void OnBye(SipMessage bye) => _ended.TrySetResult(bye);

    private void Decide()
    {
        if (Interlocked.Exchange(ref _decided, 1) != 0)
            throw new InvalidOperationException("This call has had its final answer, or was cancelled.");
    }

    private SipMessage Response(int status, string reason) =>
        SipResponse.To(Invite, status, reason, Tag).Add("Contact", $"<{_contactUri}>");

    private Task RespondAsync(SipMessage response, CancellationToken cancellationToken) =>
        _endpoint.RespondAsync(Invite, response, cancellationToken);
}
