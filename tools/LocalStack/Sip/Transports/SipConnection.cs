using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Neolia.LocalStack.Sip.Transports;

/// <summary>Opens the connection that the options ask for.</summary>
internal static class SipConnection
{
    public static ISipConnection Open(SipDeviceOptions options) => options.Transport switch
    {
        SipTransport.Udp => new UdpConnection(options),
        SipTransport.Tcp => new StreamConnection(options, tls: null),
        SipTransport.Tls => new StreamConnection(options, Tls(options)),
        SipTransport.Ws => new WebSocketConnection(options, tls: null),
        SipTransport.Wss => new WebSocketConnection(options, Tls(options)),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Transport, "no such transport"),
    };

    /// <summary>A socket on the address that the device sends from, so that Via and Contact name one the server can reach.</summary>
    public static Socket Bind(SipDeviceOptions options, SocketType socketType, ProtocolType protocol)
    {
        var socket = new Socket(AddressFamily.InterNetwork, socketType, protocol);
        socket.Bind(new IPEndPoint(options.LocalAddress ?? RouteTo(options.Server), options.LocalPort));
        return socket;
    }

    private static IPAddress RouteTo(IPEndPoint server)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        probe.Connect(server);
        return ((IPEndPoint)probe.LocalEndPoint!).Address;
    }

    private static SslClientAuthenticationOptions Tls(SipDeviceOptions options)
    {
        var authority = options.CertificateAuthority
            ?? throw new ArgumentException($"{options.Transport} needs the {nameof(SipDeviceOptions.CertificateAuthority)} that the server is verified with.");
        return new SslClientAuthenticationOptions
        {
            TargetHost = options.TlsServerName ?? options.Server.Address.ToString(),
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority },
                RevocationMode = X509RevocationMode.NoCheck, // made at run time: nobody publishes a list for it
            },
        };
    }
}
