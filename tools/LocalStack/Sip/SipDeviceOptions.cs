using System.Net;
using System.Security.Cryptography.X509Certificates;
using Neolia.LocalStack.Sip.Calls;

namespace Neolia.LocalStack.Sip;

/// <summary>Who a <see cref="SipDevice"/> is and how it behaves. A class, not a record: its text must not show the password.</summary>
public sealed class SipDeviceOptions
{
    /// <summary>The registrar's address, with the port of <see cref="Transport"/>.</summary>
    public required IPEndPoint Server { get; init; }

    public SipTransport Transport { get; init; } = SipTransport.Udp;

    /// <summary>The authority that vouches for the server's certificate; TLS and WSS do not work without.</summary>
    public X509Certificate2? CertificateAuthority { get; init; }

    /// <summary>Name that the server's certificate must carry; null = its address.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Address to send from (127.0.0.2, for example, for a second house on loopback); null = as the system routes.</summary>
    public IPAddress? LocalAddress { get; init; }

    /// <summary>Port to send from, and to be reached at over UDP; 0 = any that is free.</summary>
    public int LocalPort { get; init; }

    /// <summary>User part of the address of record (To, From), and the digest's user name unless that is given.</summary>
    public required string Username { get; init; }

    /// <summary>Domain of the address of record and of the request URI.</summary>
    public required string Domain { get; init; }

    /// <summary>May be empty: an attacker's first guess.</summary>
    public string Password { get; init; } = "";

    /// <summary>User name in the Authorization header, sent as it is; null = <see cref="Username"/>.</summary>
    public string? DigestUsername { get; init; }

    /// <summary>
    /// HA1 as 32 bytes to answer challenges with instead of the one made from <see cref="Password"/>: whatever an
    /// attacker believes the server to hold, even bytes that are no hex digits.
    /// </summary>
    public ReadOnlyMemory<byte>? Ha1 { get; init; }

    /// <summary>Seconds that <see cref="SipDevice.RegisterAsync"/> asks for.</summary>
    public int Expires { get; init; } = 600;

    /// <summary>What the device does of its own accord when a call comes in.</summary>
    public CallBehaviour WhenCalled { get; init; } = CallBehaviour.Ring;

    /// <summary>Parameters of the Contact, such as <c>+sip.instance="&lt;urn:uuid:…&gt;"</c>, without the leading semicolon.</summary>
    public string? ContactParameters { get; init; }

    /// <summary>Timer E starts here and doubles up to <see cref="RetransmitAtMost"/> (T1 and T2 of RFC 3261, shortened for loopback).</summary>
    public TimeSpan RetransmitAfter { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>T2: the longest wait between two retransmissions.</summary>
    public TimeSpan RetransmitAtMost { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Timer F: a request without a final answer by then ends in a <see cref="SipTimeoutException"/>; an INVITE without
    /// any answer (timer B).
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a call may ring until it ends in a <see cref="SipTimeoutException"/>.</summary>
    public TimeSpan RingTimeout { get; init; } = TimeSpan.FromSeconds(20);
}
