using System.Globalization;
using System.Net;

namespace Neolia.LocalStack.Sip.Calls;

/// <summary>Session descriptions as plain SIP devices send them (RFC 4566).</summary>
public static class SessionDescription
{
    public const string ContentType = "application/sdp";

    /// <summary>Where nobody cares for the sound: it goes to the port that discards.</summary>
    public static string SilentAudio { get; } = PlainAudio(new IPEndPoint(IPAddress.Loopback, 9));

    /// <summary>Audio both ways with G.711 at this address.</summary>
    public static string PlainAudio(IPEndPoint rtp) => string.Create(CultureInfo.InvariantCulture, $"""
        v=0
        o=- {rtp.Port} 1 IN IP4 {rtp.Address}
        s=-
        c=IN IP4 {rtp.Address}
        t=0 0
        m=audio {rtp.Port} RTP/AVP 8 0
        a=rtpmap:8 PCMA/8000
        a=rtpmap:0 PCMU/8000
        a=sendrecv

        """).ReplaceLineEndings("\r\n");
}
