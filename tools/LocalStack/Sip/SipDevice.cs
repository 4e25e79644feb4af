using System.Globalization;
using System.Security.Cryptography;

namespace Neolia.LocalStack.Sip;

/// <summary>
/// A SIP user agent over UDP that registers as a panel, a mobile or a station does: digest authentication, refresh,
/// un-REGISTER, OPTIONS (RFC 3261). Each method gives the server's final answer, whatever its status; only silence is
/// an exception (<see cref="SipTimeoutException"/>). One device keeps one Call-ID and one contact for its life.
/// </summary>
public sealed class SipDevice : IAsyncDisposable
{
    private readonly SipDeviceOptions _options;
    private readonly SipSocket _socket;
    private readonly string _callId = Token();
    private readonly string _fromTag = Token();
    private int _cseq;

    public SipDevice(SipDeviceOptions options)
    {
        _options = options;
        _socket = new SipSocket(options);
        ContactUri = $"sip:{options.Username}@{_socket.LocalEndPoint}";
    }

    /// <summary>Where this device can be reached, as it tells the registrar.</summary>
    public string ContactUri { get; }

    /// <summary>Registers or refreshes for <see cref="SipDeviceOptions.Expires"/> seconds.</summary>
    public Task<SipMessage> RegisterAsync(CancellationToken cancellationToken) =>
        RegisterAsync(_options.Expires, cancellationToken);

    /// <summary>Registers for so many seconds.</summary>
    public Task<SipMessage> RegisterAsync(int expires, CancellationToken cancellationToken) =>
        SendAsync("REGISTER", message => message
            .Add("Contact", $"<{ContactUri}>")
            .Add("Expires", expires.ToString(CultureInfo.InvariantCulture)), cancellationToken);

    /// <summary>Takes this device's contact back.</summary>
    public Task<SipMessage> UnregisterAsync(CancellationToken cancellationToken) => RegisterAsync(0, cancellationToken);

    /// <summary>Asks which contacts the account has; changes nothing.</summary>
    public Task<SipMessage> QueryContactsAsync(CancellationToken cancellationToken) =>
        SendAsync("REGISTER", message => message, cancellationToken);

    /// <summary>Asks whether the server is there.</summary>
    public Task<SipMessage> OptionsAsync(CancellationToken cancellationToken) =>
        SendAsync("OPTIONS", message => message.Add("Accept", "application/sdp"), cancellationToken);

    /// <summary>
    /// Sends a request outside any dialogue and answers a challenge once; a second time only where the server says
    /// that nothing but its nonce was too old.
    /// </summary>
    /// <param name="method">For example MESSAGE.</param>
    /// <param name="complete">Adds the headers that the method needs besides the common ones.</param>
    public async Task<SipMessage> SendAsync(string method, Func<SipMessage, SipMessage> complete, CancellationToken cancellationToken)
    {
        var response = await SendOnceAsync(method, complete, challenge: null, cancellationToken);
        for (var tries = 0; response.StatusCode == 401 && response["WWW-Authenticate"] is { } header; tries++)
        {
            var challenge = DigestChallenge.Parse(header);
            if (tries > 0 && !(challenge.Stale && tries < 2))
                break;
            response = await SendOnceAsync(method, complete, challenge, cancellationToken);
        }
        return response;
    }

    /// <summary>Sends one request and answers no challenge: without credentials, or with those for a challenge got before.</summary>
    public Task<SipMessage> SendOnceAsync(
        string method, Func<SipMessage, SipMessage> complete, DigestChallenge? challenge, CancellationToken cancellationToken)
    {
        var uri = $"sip:{_options.Domain}";
        var address = $"<sip:{_options.Username}@{_options.Domain}>";
        var branch = "z9hG4bK" + Token();
        var request = complete(new SipMessage($"{method} {uri} SIP/2.0")
            .Add("Via", $"SIP/2.0/UDP {_socket.LocalEndPoint};branch={branch};rport")
            .Add("Max-Forwards", "70")
            .Add("From", $"{address};tag={_fromTag}")
            .Add("To", address)
            .Add("Call-ID", _callId)
            .Add("CSeq", $"{Interlocked.Increment(ref _cseq)} {method}")
            .Add("User-Agent", "Neolia-SipDevice"));
        if (challenge is not null)
            request.Add("Authorization", Authorization(challenge, method, uri));
        return _socket.ExchangeAsync(request.Add("Content-Length", "0"), method, branch, cancellationToken);
    }

    private string Authorization(DigestChallenge challenge, string method, string uri)
    {
        var username = _options.DigestUsername ?? _options.Username;
        var ha1 = _options.Ha1 ?? DigestAnswer.Ha1(username, challenge.Realm, _options.Password);
        return DigestAnswer.Header(challenge, username, ha1.Span, method, uri);
    }

    private static string Token() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10));

    public ValueTask DisposeAsync() => _socket.DisposeAsync();
}
