namespace Neolia.LocalStack.Sip.Transactions;

/// <summary>A request under way and what came back (RFC 3261, 17.1).</summary>
internal sealed class ClientTransaction(SipMessage request, Action<SipMessage>? onProvisional)
{
    private readonly TaskCompletionSource<SipMessage> _final = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _proceeding;

    public SipMessage Request => request;

    public bool IsInvite => request.Method == "INVITE";

    public Task<SipMessage> Final => _final.Task;

    /// <summary>A provisional answer came: an INVITE is not sent again, anything else at the slow pace only.</summary>
    public bool Proceeding => _proceeding;

    public static string KeyOf(SipMessage message) => $"{message.Branch} {message.Method}";

    public void Receive(SipMessage response)
    {
        if (response.StatusCode >= 200)
        {
            _final.TrySetResult(response);
            return;
        }
        _proceeding = true;
        onProvisional?.Invoke(response);
    }

    public void Fail(Exception why) => _final.TrySetException(why);

    /// <summary>The ACK of a refused INVITE: of this transaction, to where the INVITE went (RFC 3261, 17.1.1.3).</summary>
    public SipMessage AckOf(SipMessage response) => Companion("ACK").Set("To", response["To"]!);

    /// <summary>The CANCEL of this INVITE (RFC 3261, 9.1).</summary>
    public SipMessage Cancel() => Companion("CANCEL");

    private SipMessage Companion(string method)
    {
        var companion = new SipMessage($"{method} {request.RequestUri} SIP/2.0")
            .Add("Via", request["Via"]!)
            .Add("Max-Forwards", "70")
            .Add("From", request["From"]!)
            .Add("To", request["To"]!)
            .Add("Call-ID", request["Call-ID"]!)
            .Add("CSeq", $"{request["CSeq"]!.Split(' ')[0]} {method}");
        foreach (var route in request.All("Route"))
            companion.Add("Route", route);
        return companion;
    }
}
