using System.Collections.Concurrent;
using System.Threading.Channels;
using Neolia.LocalStack.Sip.Transactions;

namespace Neolia.LocalStack.Sip.Calls;

/// <summary>What a device does with the requests that come in, and which call each belongs to.</summary>
internal sealed class Switchboard(CallBehaviour whenCalled)
{
    private readonly ConcurrentQueue<SipMessage> _received = new();
    private readonly Channel<IncomingCall> _calls = Channel.CreateUnbounded<IncomingCall>();
    private readonly Channel<SipMessage> _messages = Channel.CreateUnbounded<SipMessage>();
    private readonly ConcurrentDictionary<string, IncomingCall> _byBranch = new();
    private readonly ConcurrentDictionary<string, IncomingCall> _incoming = new();
    private readonly ConcurrentDictionary<string, OutgoingCall> _outgoing = new();

    public IReadOnlyList<SipMessage> Received => [.. _received];

    public ChannelReader<IncomingCall> Calls => _calls.Reader;

    public ChannelReader<SipMessage> Messages => _messages.Reader;

    public void Add(OutgoingCall call) => _outgoing[TagOf(call.Invite["From"])] = call;

    public async Task OnRequestAsync(SipEndpoint endpoint, SipMessage request, string contactUri)
    {
        _received.Enqueue(request);
        switch (request.Method)
        {
            case "INVITE" when TagOf(request["To"]).Length == 0:
                await OnInviteAsync(new IncomingCall(endpoint, request, contactUri));
                break;
            case "CANCEL" when _byBranch.TryGetValue(request.Branch, out var call):
                await call.OnCancelAsync(request);
                break;
            case "ACK":
                if (_incoming.TryGetValue(TagOf(request["To"]), out var acknowledged))
                    acknowledged.OnAck(request);
                break; // never answered
            case "BYE" when IsKnown(request):
                await RespondAsync(200, "OK");
                break;
            case "OPTIONS":
                await RespondAsync(200, "OK");
                break;
            case "MESSAGE":
                await RespondAsync(200, "OK");
                _messages.Writer.TryWrite(request);
                break;
            case "BYE" or "CANCEL" or "NOTIFY":
                await RespondAsync(481, "Call/Transaction Does Not Exist");
                break;
            case "INVITE":
                await RespondAsync(488, "Not Acceptable Here"); // changes nothing in a running call
                break;
            default:
                await RespondAsync(501, "Not Implemented");
                break;
        }

        Task RespondAsync(int status, string reason) =>
            endpoint.RespondAsync(request, SipResponse.To(request, status, reason, SipToken.New()), CancellationToken.None);
    }

    private async Task OnInviteAsync(IncomingCall call)
    {
        _byBranch[call.Invite.Branch] = call;
        _incoming[call.Tag] = call;
        if (whenCalled is CallBehaviour.Ring or CallBehaviour.Answer)
            await call.RingAsync(CancellationToken.None);
        if (whenCalled is CallBehaviour.Answer)
            await call.AnswerAsync(SessionDescription.SilentAudio, CancellationToken.None);
        if (whenCalled is CallBehaviour.Busy)
            await call.DeclineAsync(486, "Busy Here", CancellationToken.None);
        _calls.Writer.TryWrite(call);
    }

    private bool IsKnown(SipMessage bye)
    {
        var tag = TagOf(bye["To"]);
        if (_incoming.TryGetValue(tag, out var incoming))
            incoming.OnBye(bye);
        else if (_outgoing.TryGetValue(tag, out var outgoing))
            outgoing.OnBye(bye);
        else
            return false;
        return true;
    }

    private static string TagOf(string? header) => SipText.Parameter(header ?? "", "tag") ?? "";
}
