using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Neolia.Functions.Doorbells;

/// <summary>
/// Standard Webhooks signatures (standardwebhooks.com): HMAC-SHA256 over <c>id.timestamp.body</c>. Several secrets and
/// several signatures may be valid at once, so that a secret can be changed without losing a doorbell.
/// </summary>
public sealed class DoorbellSignature(IReadOnlyList<byte[]> secrets, TimeProvider clock)
{
    private const string SecretPrefix = "whsec_";
    private const string SignaturePrefix = "v1,";
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(300);

    /// <summary>Reads secrets of the form <c>whsec_</c> + base64 of 24 to 64 bytes, separated by blanks. None is allowed: then nothing verifies.</summary>
    /// <exception cref="FormatException">A secret has another form. The message doesn't repeat it.</exception>
    public static IReadOnlyList<byte[]> ParseSecrets(string? text) =>
        [.. (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ParseSecret)];

    public DoorbellVerdict Verify(string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body)
    {
        if (secrets.Count == 0)
            return DoorbellVerdict.NoSecret;
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(signatures))
            return DoorbellVerdict.MissingHeaders;
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(clock.GetUtcNow().ToUnixTimeSeconds() - (decimal)seconds) > (decimal)Tolerance.TotalSeconds)
            return DoorbellVerdict.OutsideTolerance;

        var signed = Encoding.UTF8.GetBytes($"{id}.{timestamp}.");
        Array.Resize(ref signed, signed.Length + body.Length);
        body.CopyTo(signed.AsSpan(signed.Length - body.Length));
        return MatchesAny(signed, signatures) ? DoorbellVerdict.Genuine : DoorbellVerdict.WrongSignature;
    }

    private bool MatchesAny(byte[] signed, string signatures)
    {
        var genuine = false;
        foreach (var secret in secrets)
        {
            // Compared as text: base64 has several spellings for the same bytes, a genuine sender only one.
            var expected = Encoding.UTF8.GetBytes(SignaturePrefix + Convert.ToBase64String(HMACSHA256.HashData(secret, signed)));
            foreach (var signature in signatures.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                // Every pair is compared, in constant time each: the answer's time tells nothing about a near miss.
                genuine |= CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(signature));
            }
        }

        return genuine;
    }

    private static byte[] ParseSecret(string text)
    {
        var key = new byte[128];
        if (!text.StartsWith(SecretPrefix, StringComparison.Ordinal)
            || !Convert.TryFromBase64String(text[SecretPrefix.Length..], key, out var length)
            || length is < 24 or > 64)
            throw new FormatException("A webhook secret must be 'whsec_' followed by the base64 of 24 to 64 random bytes.");
        return key[..length];
    }
}
