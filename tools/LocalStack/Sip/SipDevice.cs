using System.Globalization;
using System.Threading.Channels;
using Neolia.LocalStack.Sip.Calls;
using Neolia.LocalStack.Sip.Transactions;

namespace Neolia.LocalStack.Sip;

/// <summary>
/// A SIP user agent that does what a panel, a mobile or a station does, over any transport: it registers, calls and is
/// called (RFC 3261). Methods give the server's final answer, whatever its status; only silence
/// (<see cref="SipTimeoutException"/>) and a lost connection (<see cref="SipConnectionLostException"/>) are exceptions.
/// One device has one connection and one contact for its life.
/// </summary>
public sealed class SipDevice : IAsyncDisposable
{
    private readonly SipDeviceOptions _options;
    private readonly SipEndpoint _endpoint;
    private readonly SipAuthenticator _authenticator;
    private readonly Switchboard _switchboard;
    private readonly CancellationTokenSource _closing = new();
    private readonly string _callId = SipToken.New();
    private readonly string _fromTag = SipToken.New();
    private int _cseq;

    public SipDevice(SipDeviceOptions options)
    {
        _options = options;
        _authenticator = new SipAuthenticator(options);
        _switchboard = new Switchboard(options.WhenCalled);
        _endpoint = new SipEndpoint(options, (endpoint, request) => _switchboard.OnRequestAsync(endpoint, request, ContactUriAt(endpoint)));
    }

    /// <summary>Where this device can be reached, as it tells the registrar.</summary>
    public string ContactUri => ContactUriAt(_endpoint);

    /// <summary>Its address of record.</summary>
    public string Address => $"sip:{_options.Username}@{_options.Domain}";

    /// <summary>Every request that came in, in order; one that came again because its answer was late counts once.</summary>
    public IReadOnlyList<SipMessage> Received => _switchboard.Received;

    /// <summary>Ends when the server closes the connection.</summary>
    public Task Closed => _endpoint.Closed;

    /// <summary>Registers or refreshes for <see cref="SipDeviceOptions.Expires"/> seconds.</summary>
    public Task<SipMessage> RegisterAsync(CancellationToken cancellationToken) =>
        RegisterAsync(_options.Expires, cancellationToken);

    /// <summary>Registers for so many seconds.</summary>
    public Task<SipMessage> RegisterAsync(int expires, CancellationToken cancellationToken) =>
        SendAsync("REGISTER", message => message
            .Add("Contact", Contact)
            .Add("Expires", expires.ToString(CultureInfo.InvariantCulture)), cancellationToken);

    /// <summary>Takes this device's contact back.</summary>
    public Task<SipMessage> UnregisterAsync(CancellationToken cancellationToken) => RegisterAsync(0, cancellationToken);

    /// <summary>Asks which contacts the account has; changes nothing.</summary>
    public Task<SipMessage> QueryContactsAsync(CancellationToken cancellationToken) =>
        SendAsync("REGISTER", message => message, cancellationToken);

    /// <summary>Asks whether the server is there.</summary>
    public Task<SipMessage> OptionsAsync(CancellationToken cancellationToken) =>
        SendAsync("OPTIONS", message => message.Add("Accept", SessionDescription.ContentType), cancellationToken);

    /// <summary>Starts a call.</summary>
    /// <param name="target">A number or name in the device's own domain, or a whole URI (sip:…).</param>
    /// <param name="sdp">Session description to offer; null = plain audio that goes nowhere.</param>
    public OutgoingCall Call(string target, string? sdp = null)
    {
        var invite = Request("INVITE", UriOf(target))
            .Add("Contact", Contact)
            .WithBody(SessionDescription.ContentType, sdp ?? SessionDescription.SilentAudio);
        return Call(invite);
    }

    /// <summary>Starts a call with an INVITE of one's own.</summary>
    public OutgoingCall Call(SipMessage invite)
    {
        var call = new OutgoingCall(_endpoint, _authenticator, invite, _closing.Token);
        _switchboard.Add(call);
        return call;
    }

    /// <summary>The next call that comes in; each is given once.</summary>
    public Task<IncomingCall> IncomingCallAsync(CancellationToken cancellationToken) =>
        NextAsync(_switchboard.Calls, "call", cancellationToken);

    /// <summary>Sends text to a number, name or URI.</summary>
    public Task<SipMessage> SendTextAsync(string target, string text, CancellationToken cancellationToken) =>
        SendAsync(Request("MESSAGE", UriOf(target)).WithBody("text/plain", text), cancellationToken);

    /// <summary>The next MESSAGE that comes in; each is given once.</summary>
    public Task<SipMessage> IncomingTextAsync(CancellationToken cancellationToken) =>
        NextAsync(_switchboard.Messages, "MESSAGE", cancellationToken);

    /// <summary>Asks for the events of a number, name or URI.</summary>
    /// <param name="eventPackage">For example presence.</param>
    public Task<SipMessage> SubscribeAsync(string target, string eventPackage, CancellationToken cancellationToken) =>
        SendAsync(
            Request("SUBSCRIBE", UriOf(target)).Add("Contact", Contact).Add("Event", eventPackage).Add("Expires", "600"),
            cancellationToken);

    /// <summary>A request outside any dialogue, to be completed and sent; one without Via gets it then.</summary>
    /// <param name="uri">Request URI and To.</param>
    public SipMessage Request(string method, string uri) => Request(method, uri, $"<{uri}>", SipToken.New(), SipToken.New());

    /// <summary>
    /// Sends a request to the registrar, about the device itself, and answers a challenge once; a second time only where
    /// the server says that nothing but its nonce was too old.
    /// </summary>
    /// <param name="method">For example REGISTER.</param>
    /// <param name="complete">Adds the headers that the method needs besides the common ones.</param>
    public Task<SipMessage> SendAsync(string method, Func<SipMessage, SipMessage> complete, CancellationToken cancellationToken) =>
        SendAsync(complete(OwnRequest(method)), cancellationToken);

    /// <summary>Sends this request, and answers a challenge likewise.</summary>
    public async Task<SipMessage> SendAsync(SipMessage request, CancellationToken cancellationToken)
    {
        var response = await SendOnceAsync(request, cancellationToken);
        for (var tries = 0; Authorized(request, response) is { } authorized; tries++)
        {
            if (tries > 0 && !(IsStale(response) && tries < 2))
                break;
            response = await SendOnceAsync(authorized, cancellationToken);
        }
        return response;
    }

    /// <summary>Sends one request and answers no challenge: without credentials, or with those for a challenge got before.</summary>
    public Task<SipMessage> SendOnceAsync(
        string method, Func<SipMessage, SipMessage> complete, DigestChallenge? challenge, CancellationToken cancellationToken)
    {
        var request = complete(OwnRequest(method));
        if (challenge is not null)
            request.Add("Authorization", _authenticator.Authorization(challenge, method, request.RequestUri));
        return SendOnceAsync(request, cancellationToken);
    }

    /// <summary>Sends this request as it is, except that one without Via gets it, and answers no challenge.</summary>
    public Task<SipMessage> SendOnceAsync(SipMessage request, CancellationToken cancellationToken) =>
        _endpoint.ExchangeAsync(_endpoint.Begin(request), cancellationToken);

    /// <summary>Sends something that gets no answer: an ACK, or what is meant to look like one.</summary>
    public Task SendUnansweredAsync(SipMessage request, CancellationToken cancellationToken) =>
        _endpoint.SendAsync(request, cancellationToken);

    /// <summary>The request once more with the answer to a challenge, unsent; null where the response is no challenge.</summary>
    public SipMessage? Authorized(SipMessage request, SipMessage response) =>
        _authenticator.Answer(request, response)?.Set("CSeq", $"{NextCSeq()} {request.Method}");

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _endpoint.DisposeAsync();
        _closing.Dispose();
    }

    private string Contact => _options.ContactParameters is { } parameters ? $"<{ContactUri}>;{parameters}" : $"<{ContactUri}>";

    private SipMessage OwnRequest(string method) => Request(method, $"sip:{_options.Domain}", $"<{Address}>", _callId, _fromTag);

    private SipMessage Request(string method, string uri, string to, string callId, string fromTag) =>
        new SipMessage($"{method} {uri} SIP/2.0")
            .Add("Max-Forwards", "70")
            .Add("From", $"<{Address}>;tag={fromTag}")
            .Add("To", to)
            .Add("Call-ID", callId)
            .Add("CSeq", $"{NextCSeq()} {method}")
            .Add("User-Agent", "Neolia-SipDevice");

    private int NextCSeq() => Interlocked.Increment(ref _cseq);

    private string UriOf(string target) => target.StartsWith("sip:", StringComparison.Ordinal) ? target : $"sip:{target}@{_options.Domain}";

    private static bool IsStale(SipMessage response) =>
        (response["WWW-Authenticate"] ?? response["Proxy-Authenticate"]) is { } header && DigestChallenge.Parse(header).Stale;

    private async Task<T> NextAsync<T>(ChannelReader<T> arrivals, string what, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        end.CancelAfter(_options.Timeout);
        try
        {
            return await arrivals.ReadAsync(end.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No {what} came to {Address} within {_options.Timeout.TotalSeconds:0.###} s.");
        }
    }

    private string ContactUriAt(SipEndpoint endpoint) => $"sip:{_options.Username}@{endpoint.ContactHost}";
}
