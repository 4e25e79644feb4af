using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Neolia.Functions.Kamailio;

namespace Neolia.Functions.SipProbe;

/// <summary>Asks over UDP whether a SIP server is there (OPTIONS; RFC 3261, 11).</summary>
public sealed class OptionsProbe(IOptions<KamailioOptions> kamailio)
{
    /// <summary>True for any final answer: whatever it says, something speaks SIP there.</summary>
    public async Task<bool> IsAnsweredAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var exchange = await SipExchange.OpenAsync(kamailio.Value, cancellationToken);
            var branch = $"z9hG4bK{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
            return await exchange.AskAsync(Options(kamailio.Value.DefaultDomain, exchange.LocalAddress, branch), branch, cancellationToken) is not null;
        }
        catch (SocketException)
        {
            // Unknown host, or an ICMP "port unreachable": nobody answers SIP there.
            return false;
        }
    }

    private static string Options(string domain, string local, string branch)
    {
        var token = RandomNumberGenerator.GetHexString(16, lowercase: true);
        return string.Join("\r\n",
            $"OPTIONS sip:{domain} SIP/2.0",
            $"Via: SIP/2.0/UDP {local};rport;branch={branch}",
            "Max-Forwards: 70",
            $"From: <sip:neolia-check@{domain}>;tag={token}",
            $"To: <sip:{domain}>",
            $"Call-ID: {token}",
            "CSeq: 1 OPTIONS",
            "Content-Length: 0",
            "", "");
    }
}
