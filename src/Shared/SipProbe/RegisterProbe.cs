using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Neolia.Functions.Kamailio;

namespace Neolia.Functions.SipProbe;

public enum ProbeOutcome
{
    /// <summary>401 with a digest challenge: as it should be.</summary>
    Challenged,

    /// <summary>200 without any credentials: an open door.</summary>
    Accepted,

    /// <summary>Any other answer.</summary>
    Refused,

    NoAnswer,
}

/// <summary>Sends a REGISTER without credentials over UDP, as a device does first (RFC 3261, 10.2), and looks at the answer.</summary>
public sealed class RegisterProbe(IOptions<KamailioOptions> kamailio)
{
    private const int SipPort = 5060;
    private static readonly TimeSpan[] Retransmissions = [TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1)];

    public async Task<ProbeOutcome> AskAsync(CancellationToken cancellationToken)
    {
        var domain = kamailio.Value.ServedDomains.First();
        var (host, port) = Address(kamailio.Value.SipAddress, domain);
        using var socket = new UdpClient();
        try
        {
            socket.Connect(host, port);
            var request = Encoding.ASCII.GetBytes(Register(domain, socket.Client.LocalEndPoint!.ToString()!));
            foreach (var wait in Retransmissions)
            {
                await socket.SendAsync(request, cancellationToken);
                if (await ReceiveFinalAsync(socket, wait, cancellationToken) is { } answer)
                    return Judge(answer);
            }
        }
        catch (SocketException)
        {
            // Unknown host, or an ICMP "port unreachable": nobody answers SIP there.
        }

        return ProbeOutcome.NoAnswer;
    }

    private static (string Host, int Port) Address(string configured, string domain)
    {
        if (configured.Length == 0)
            return (domain, SipPort);
        var colon = configured.LastIndexOf(':');
        return colon < 0 ? (configured, SipPort) : (configured[..colon], int.Parse(configured[(colon + 1)..], CultureInfo.InvariantCulture));
    }

    private static string Register(string domain, string local)
    {
        var token = RandomNumberGenerator.GetHexString(16, lowercase: true);
        return string.Join("\r\n",
            $"REGISTER sip:{domain} SIP/2.0",
            $"Via: SIP/2.0/UDP {local};rport;branch=z9hG4bK{token}",
            "Max-Forwards: 70",
            $"From: <sip:neolia-check@{domain}>;tag={token}",
            $"To: <sip:neolia-check@{domain}>",
            $"Call-ID: {token}",
            "CSeq: 1 REGISTER",
            $"Contact: <sip:neolia-check@{local}>",
            "Expires: 60",
            "Content-Length: 0",
            "", "");
    }

    private static async Task<string?> ReceiveFinalAsync(UdpClient socket, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(wait);
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(timeout.Token);
                var answer = Encoding.ASCII.GetString(received.Buffer);
                if (!answer.StartsWith("SIP/2.0 1", StringComparison.Ordinal))
                    return answer;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static ProbeOutcome Judge(string answer)
    {
        if (answer.StartsWith("SIP/2.0 2", StringComparison.Ordinal))
            return ProbeOutcome.Accepted;
        return answer.StartsWith("SIP/2.0 401", StringComparison.Ordinal) && answer.Contains("\r\nWWW-Authenticate: Digest", StringComparison.OrdinalIgnoreCase)
            ? ProbeOutcome.Challenged
            : ProbeOutcome.Refused;
    }
}
