using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.SipProbe;

public enum LoginOutcome
{
    /// <summary>2xx: this password lets in.</summary>
    LetIn,

    /// <summary>401, 403 or 407 to an answered challenge, and not because of earlier ones.</summary>
    Refused,

    /// <summary>Too many wrong passwords came from here: this one was not looked at.</summary>
    TooOften,

    /// <summary>No digest challenge, or another final answer: it says nothing about the password.</summary>
    Unclear,

    NoAnswer,
}

/// <summary>
/// Registers with a password as a device does: asks, is challenged, answers the challenge (RFC 2617, 3.2.2). Its contact
/// expires at once, so that nothing of it stays, not even in a Kamailio that keeps contacts in memory.
/// </summary>
public sealed partial class PasswordLogin(IOptions<KamailioOptions> kamailio)
{
    public async Task<LoginOutcome> TryAsync(SipName name, string password, CancellationToken cancellationToken)
    {
        try
        {
            using var exchange = await SipExchange.OpenAsync(kamailio.Value, cancellationToken);
            var callId = RandomNumberGenerator.GetHexString(20, lowercase: true);
            if (await AskAsync(exchange, name, callId, 1, authorization: null, cancellationToken) is not { } first)
                return LoginOutcome.NoAnswer;
            if (!first.StartsWith("SIP/2.0 401", StringComparison.Ordinal) || Challenge().Match(first) is not { Success: true } challenge)
                return first.StartsWith("SIP/2.0 2", StringComparison.Ordinal) ? LoginOutcome.LetIn : LoginOutcome.Unclear;

            var authorization = Answer(challenge.Groups[1].Value, name, password);
            return await AskAsync(exchange, name, callId, 2, authorization, cancellationToken) is { } second ? Judge(second) : LoginOutcome.NoAnswer;
        }
        catch (SocketException)
        {
            // Unknown host, or an ICMP "port unreachable": nobody answers SIP there.
            return LoginOutcome.NoAnswer;
        }
    }

    private static LoginOutcome Judge(string answer) => answer[8..11] switch
    {
        "403" when answer.Contains("\r\nRetry-After:", StringComparison.OrdinalIgnoreCase) => LoginOutcome.TooOften,
        ['2', ..] => LoginOutcome.LetIn,
        "401" or "403" or "407" => LoginOutcome.Refused,
        _ => LoginOutcome.Unclear,
    };

    private static Task<string?> AskAsync(
        SipExchange exchange, SipName name, string callId, int cseq, string? authorization, CancellationToken cancellationToken)
    {
        var branch = $"z9hG4bK{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        var request = string.Join("\r\n", [
            $"REGISTER sip:{name.Domain} SIP/2.0",
            $"Via: SIP/2.0/UDP {exchange.LocalAddress};rport;branch={branch}",
            "Max-Forwards: 70",
            $"From: <sip:{name}>;tag={callId}",
            $"To: <sip:{name}>",
            $"Call-ID: {callId}",
            $"CSeq: {cseq} REGISTER",
            $"Contact: <sip:{name.Username}@{exchange.LocalAddress}>",
            "Expires: 0",
            .. authorization is null ? Array.Empty<string>() : [$"Authorization: {authorization}"],
            "Content-Length: 0",
            "", ""]);
        return exchange.AskAsync(request, branch, cancellationToken);
    }

    private static string Answer(string challenge, SipName name, string password)
    {
        var fields = Field().Matches(challenge).DistinctBy(f => f.Groups[1].Value, StringComparer.OrdinalIgnoreCase).ToDictionary(
            f => f.Groups[1].Value, f => f.Groups[2].Success ? f.Groups[2].Value : f.Groups[3].Value, StringComparer.OrdinalIgnoreCase);
        var (realm, nonce) = (fields.GetValueOrDefault("realm", ""), fields.GetValueOrDefault("nonce", ""));
        var offersAuth = fields.GetValueOrDefault("qop", "").Split(',', StringSplitOptions.TrimEntries).Contains("auth");

        var uri = $"sip:{name.Domain}";
        var cnonce = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var qop = offersAuth ? $":00000001:{cnonce}:auth" : "";
        var response = Md5($"{Md5($"{name.Username}:{realm}:{password}")}:{nonce}{qop}:{Md5($"REGISTER:{uri}")}");
        return $"Digest username=\"{name.Username}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", algorithm=MD5"
            + (offersAuth ? $", qop=auth, nc=00000001, cnonce=\"{cnonce}\"" : "")
            + (fields.TryGetValue("opaque", out var opaque) ? $", opaque=\"{opaque}\"" : "");
    }

    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "SIP digest authentication defines MD5, and Kamailio's auth_db knows no other.")]
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));

    [GeneratedRegex(@"\r\nWWW-Authenticate:\s*Digest\s+([^\r\n]*)", RegexOptions.IgnoreCase)]
    private static partial Regex Challenge();

    [GeneratedRegex("""(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))""")]
    private static partial Regex Field();
}
