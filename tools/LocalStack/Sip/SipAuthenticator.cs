using System.Globalization;

namespace Neolia.LocalStack.Sip;

/// <summary>Answers challenges with what a device knows: its password, or the digest that an attacker believes in.</summary>
internal sealed class SipAuthenticator(SipDeviceOptions options)
{
    /// <summary>The request, which carries none yet, once more with credentials; null where the answer is no challenge.</summary>
    public SipMessage? Answer(SipMessage request, SipMessage answer)
    {
        var (asks, gives) = answer.StatusCode switch
        {
            401 => ("WWW-Authenticate", "Authorization"),
            407 => ("Proxy-Authenticate", "Proxy-Authorization"),
            _ => ("", ""),
        };
        if (asks.Length == 0 || answer[asks] is not { } header)
            return null;
        return Again(request).Add(gives, Authorization(DigestChallenge.Parse(header), request.Method, request.RequestUri));
    }

    /// <summary>Value of an (Proxy-)Authorization header.</summary>
    public string Authorization(DigestChallenge challenge, string method, string uri)
    {
        var username = options.DigestUsername ?? options.Username;
        var ha1 = options.Ha1 ?? DigestAnswer.Ha1(username, challenge.Realm, options.Password);
        return DigestAnswer.Header(challenge, username, ha1.Span, method, uri);
    }

    // A transaction of its own: next number, new branch.
    private static SipMessage Again(SipMessage request)
    {
        var cseq = int.Parse(request["CSeq"]!.Split(' ')[0], CultureInfo.InvariantCulture);
        return request.Copy().Remove("Via").Set("CSeq", $"{cseq + 1} {request.Method}");
    }
}
