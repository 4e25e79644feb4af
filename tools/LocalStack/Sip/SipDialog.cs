using System.Globalization;

namespace Neolia.LocalStack.Sip;

/// <summary>What two parties of a call know of each other (RFC 3261, 12); makes the requests between them.</summary>
public sealed class SipDialog
{
    private readonly string _local;
    private readonly string _remote;
    private readonly string _callId;
    private readonly string _target;
    private readonly IReadOnlyList<string> _routes;
    private readonly int _firstCSeq;
    private int _cseq;

    private SipDialog(string local, string remote, SipMessage with, string contact, IEnumerable<string> routes, int cseq)
    {
        _local = local;
        _remote = remote;
        _callId = with["Call-ID"]!;
        _target = SipText.UriOf(contact);
        _routes = [.. routes];
        _firstCSeq = _cseq = cseq;
    }

    /// <summary>The way through the proxies that stay in the call.</summary>
    public IReadOnlyList<string> Routes => _routes;

    /// <summary>The other party's contact.</summary>
    public string Target => _target;

    /// <summary>As the caller sees it, whose INVITE was answered so.</summary>
    public static SipDialog OfCaller(SipMessage invite, SipMessage answer) => new(
        invite["From"]!, answer["To"]!, invite, answer["Contact"] ?? $"<{invite.RequestUri}>", RecordRoutes(answer).Reverse(), CSeqOf(invite));

    /// <summary>As the called one sees it, who answers so.</summary>
    public static SipDialog OfCallee(SipMessage invite, SipMessage answer) => new(
        answer["To"]!, invite["From"]!, invite, invite["Contact"]!, RecordRoutes(invite), cseq: 0);

    /// <summary>The next request of this party, without Via and body.</summary>
    public SipMessage Request(string method) => Request(method, Interlocked.Increment(ref _cseq));

    /// <summary>The caller's ACK of a 200, which carries the INVITE's number.</summary>
    public SipMessage Ack() => Request("ACK", _firstCSeq);

    private SipMessage Request(string method, int cseq)
    {
        var request = new SipMessage($"{method} {_target} SIP/2.0");
        foreach (var route in _routes)
            request.Add("Route", route);
        return request
            .Add("Max-Forwards", "70")
            .Add("From", _local)
            .Add("To", _remote)
            .Add("Call-ID", _callId)
            .Add("CSeq", $"{cseq} {method}");
    }

    private static IEnumerable<string> RecordRoutes(SipMessage message) =>
        message.All("Record-Route").SelectMany(value => SipText.SplitUnquoted(value, ','));

    private static int CSeqOf(SipMessage message) => int.Parse(message["CSeq"]!.Split(' ')[0], CultureInfo.InvariantCulture);
}
