using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Neolia.Functions.Kamailio;

namespace Neolia.Functions.SipProbe;

/// <summary>Requests to Kamailio over UDP, from one socket, each with its final answer (RFC 3261, 17.1.2, shortened).</summary>
internal sealed class SipExchange : IDisposable
{
    private const int SipPort = 5060;
    private static readonly TimeSpan[] Retransmissions = [TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1)];

    private readonly UdpClient _socket;

    private SipExchange(UdpClient socket) => _socket = socket;

    /// <exception cref="SocketException">The host is unknown.</exception>
    public static async Task<SipExchange> OpenAsync(KamailioOptions kamailio, CancellationToken cancellationToken)
    {
        var (host, port) = Address(kamailio.SipAddress, kamailio.DefaultDomain);
        var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
        var address = addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0];
        var socket = new UdpClient(address.AddressFamily);
        socket.Connect(address, port);
        return new SipExchange(socket);
    }

    /// <summary>Where the answers come to, for Via and Contact.</summary>
    public string LocalAddress => _socket.Client.LocalEndPoint!.ToString()!;

    /// <summary>The final answer to the request with this branch, or null when there is none in time.</summary>
    /// <exception cref="SocketException">Nobody listens there (ICMP "port unreachable").</exception>
    public async Task<string?> AskAsync(string request, string branch, CancellationToken cancellationToken)
    {
        var datagram = Encoding.UTF8.GetBytes(request);
        foreach (var wait in Retransmissions)
        {
            await _socket.SendAsync(datagram, cancellationToken);
            if (await ReceiveFinalAsync(branch, wait, cancellationToken) is { } answer)
                return answer;
        }

        return null;
    }

    public void Dispose() => _socket.Dispose();

    private static (string Host, int Port) Address(string configured, string domain)
    {
        if (configured.Length == 0)
            return (domain, SipPort);
        var colon = configured.LastIndexOf(':');
        return colon < 0 ? (configured, SipPort) : (configured[..colon], int.Parse(configured[(colon + 1)..], CultureInfo.InvariantCulture));
    }

    private async Task<string?> ReceiveFinalAsync(string branch, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(wait);
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(timeout.Token);
                var answer = Encoding.UTF8.GetString(received.Buffer);

                // A retransmission may have been answered twice: the second answer is not one to the next request.
                if (answer.StartsWith("SIP/2.0 ", StringComparison.Ordinal)
                    && !answer.StartsWith("SIP/2.0 1", StringComparison.Ordinal)
                    && answer.Contains(branch, StringComparison.Ordinal))
                    return answer;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
