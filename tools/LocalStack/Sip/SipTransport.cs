namespace Neolia.LocalStack.Sip;

/// <summary>What a device speaks SIP over (RFC 3261, 18; WebSocket: RFC 7118).</summary>
public enum SipTransport
{
    Udp,
    Tcp,
    Tls,
    Ws,
    Wss,
}
