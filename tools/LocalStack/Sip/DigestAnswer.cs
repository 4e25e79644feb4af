using System.Security.Cryptography;
using System.Text;

namespace Neolia.LocalStack.Sip;

/// <summary>Answers a challenge as a device does (RFC 2617, 3.2.2).</summary>
internal static class DigestAnswer
{
    // A fresh cnonce goes with every answer, so the count of its uses is always one.
    private const string NonceCount = "00000001";

    /// <summary>HA1 as the 32 bytes of its hex form.</summary>
    public static byte[] Ha1(string username, string realm, string password) =>
        Hash(Encoding.UTF8.GetBytes($"{username}:{realm}:{password}"));

    /// <summary>Value of the Authorization header.</summary>
    public static string Header(DigestChallenge challenge, string username, ReadOnlySpan<byte> ha1, string method, string uri)
    {
        var cnonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var qop = challenge.OffersAuth ? $":{NonceCount}:{cnonce}:auth" : "";
        var ha2 = Encoding.ASCII.GetString(Hash(Encoding.UTF8.GetBytes($"{method}:{uri}")));
        byte[] answered = [.. ha1, .. Encoding.UTF8.GetBytes($":{challenge.Nonce}{qop}:{ha2}")];

        var header = new StringBuilder("Digest ")
            .Append($"username=\"{username}\", realm=\"{challenge.Realm}\", nonce=\"{challenge.Nonce}\", uri=\"{uri}\", ")
            .Append($"response=\"{Encoding.ASCII.GetString(Hash(answered))}\", algorithm=MD5");
        if (challenge.OffersAuth)
            header.Append($", qop=auth, nc={NonceCount}, cnonce=\"{cnonce}\"");
        if (challenge.Opaque is { } opaque)
            header.Append($", opaque=\"{opaque}\"");
        return header.ToString();
    }

    // SIP devices and Kamailio's auth_db speak MD5 (RFC 3261, 22.4): a choice of the protocol, not of this code.
#pragma warning disable CA5351
    private static byte[] Hash(byte[] text) => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(MD5.HashData(text)));
#pragma warning restore CA5351
}
