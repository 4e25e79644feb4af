using System.Net.Sockets;
using System.Security.Cryptography;
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
    public async Task<ProbeOutcome> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var exchange = await SipExchange.OpenAsync(kamailio.Value, cancellationToken);
            var branch = $"z9hG4bK{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
            var request = Register(kamailio.Value.DefaultDomain, exchange.LocalAddress, branch);
            return await exchange.AskAsync(request, branch, cancellationToken) is { } answer ? Judge(answer) : ProbeOutcome.NoAnswer;
        }
        catch (SocketException)
        {
            // Unknown host, or an ICMP "port unreachable": nobody answers SIP there.
            return ProbeOutcome.NoAnswer;
        }
    }

    private static string Register(string domain, string local, string branch)
    {
        var token = RandomNumberGenerator.GetHexString(16, lowercase: true);
        return string.Join("\r\n",
            $"REGISTER sip:{domain} SIP/2.0",
            $"Via: SIP/2.0/UDP {local};rport;branch={branch}",
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

    private static ProbeOutcome Judge(string answer)
    {
        if (answer.StartsWith("SIP/2.0 2", StringComparison.Ordinal))
            return ProbeOutcome.Accepted;
        return answer.StartsWith("SIP/2.0 401", StringComparison.Ordinal) && answer.Contains("\r\nWWW-Authenticate: Digest", StringComparison.OrdinalIgnoreCase)
            ? ProbeOutcome.Challenged
            : ProbeOutcome.Refused;
    }
}
