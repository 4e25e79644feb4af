namespace Neolia.LocalStack.Sip;

/// <summary>What a WWW-Authenticate header asks for (RFC 2617, 3.2.1).</summary>
/// <param name="OffersAuth">The quality of protection "auth" is on offer (or demanded).</param>
/// <param name="Stale">Only the nonce was too old: the same password may be tried again.</param>
public sealed record DigestChallenge(string Realm, string Nonce, string? Opaque, bool OffersAuth, bool Stale)
{
    public static DigestChallenge Parse(string headerValue)
    {
        const string scheme = "Digest ";
        if (!headerValue.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            throw new FormatException("The challenge is not a Digest.");

        var fields = SipText.SplitUnquoted(headerValue[scheme.Length..], ',')
            .Select(field => field.Split('=', 2))
            .ToDictionary(field => field[0].Trim(), field => field[^1].Trim().Trim('"'), StringComparer.OrdinalIgnoreCase);
        if (fields.TryGetValue("algorithm", out var algorithm) && !algorithm.Equals("MD5", StringComparison.OrdinalIgnoreCase))
            throw new FormatException($"The challenge asks for {algorithm}; only MD5 is spoken here.");

        return new DigestChallenge(
            fields["realm"],
            fields["nonce"],
            fields.GetValueOrDefault("opaque"),
            fields.GetValueOrDefault("qop")?.Split(',').Contains("auth", StringComparer.OrdinalIgnoreCase) ?? false,
            "true".Equals(fields.GetValueOrDefault("stale"), StringComparison.OrdinalIgnoreCase));
    }
}
