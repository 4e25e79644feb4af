using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Neolia.Functions.Doorbells;

namespace Neolia.Functions.Tests.Forging;

/// <summary>A webhook as it arrives.</summary>
internal sealed record Webhook(string Id, string Timestamp, string Signature, byte[] Body)
{
    private const string SecretPrefix = "whsec_";

    public static string NewSecret(Random random)
    {
        var key = new byte[random.Next(24, 65)];
        random.NextBytes(key);
        return SecretPrefix + Convert.ToBase64String(key);
    }

    /// <summary>A genuine one, so many seconds from <paramref name="now"/>.</summary>
    public static Webhook Send(Random random, string secret, DateTimeOffset now, int seconds)
    {
        var body = $$$"""{"type":"UPDATE","table":"sip_accounts","schema":"public","record":{"id":"{{{random.NextInt64()}}}"},"old_record":null}""";
        var webhook = new Webhook($"msg_{random.NextInt64():x}", (now.ToUnixTimeSeconds() + seconds).ToString(CultureInfo.InvariantCulture), "", Encoding.UTF8.GetBytes(body));
        return webhook with { Signature = webhook.SignatureOf(secret) };
    }

    public string SignatureOf(string secret) => "v1," + Convert.ToBase64String(HMACSHA256.HashData(KeyOf(secret), Signed));

    public byte[] Signed => [.. Encoding.UTF8.GetBytes($"{Id}.{Timestamp}."), .. Body];

    public static byte[] KeyOf(string secret) => Convert.FromBase64String(secret[SecretPrefix.Length..]);

    public DoorbellVerdict JudgedBy(DoorbellVerifier verifier) => verifier.Verify(Id, Timestamp, Signature, Body);
}
