using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Neolia.Functions.Tests.Forging;

/// <summary>Makes webhooks that must be refused out of genuine ones.</summary>
internal sealed class WebhookForger(Random random, IReadOnlyList<string> secrets, DateTimeOffset now)
{
    public IReadOnlyList<(string Kind, Func<Webhook> Make)> Kinds =>
    [
        ("one bit of the body flipped", () => Spoil(w => w with { Body = random.FlipBit(w.Body) })),
        ("body truncated", () => Spoil(w => w with { Body = w.Body[..random.Next(w.Body.Length)] })),
        ("body lengthened", () => Spoil(w => w with { Body = [.. w.Body, (byte)random.Next(256)] })),
        ("one bit of the id flipped", () => Spoil(w => w with { Id = random.FlipBit(w.Id) })),
        ("another id", () => Spoil(w => w with { Id = Genuine().Id })),
        ("another timestamp inside the tolerance", () => Spoil(w => w with { Timestamp = OtherTimestamp(w) })),
        ("timestamp otherwise spelled", () => Spoil(w => w with { Timestamp = random.Pick(["0", "+", " ", "-"]) + w.Timestamp })),
        ("one bit of the signature flipped", () => Spoil(w => w with { Signature = random.FlipBit(w.Signature) })),
        ("signature truncated", () => Spoil(w => w with { Signature = random.Truncate(w.Signature) })),
        ("a letter of the signature less", () => Spoil(w => w with { Signature = random.DropLetter(w.Signature) })),
        ("signature of another webhook", () => Spoil(w => w with { Signature = Genuine().Signature })),
        ("body of another webhook", () => Spoil(w => w with { Body = Genuine().Body })),
        ("signed with another secret", () => Spoil(w => w with { Signature = w.SignatureOf(Webhook.NewSecret(random)) })),
        ("signed with the secret's text", () => Spoil(w => w with { Signature = Hmac(Encoding.UTF8.GetBytes(random.Pick(secrets)), w.Signed) })),
        ("signed with an empty or zero secret", () => Spoil(w => w with { Signature = Hmac(random.Pick<byte[]>([[], new byte[32]]), w.Signed) })),
        ("signed without id and timestamp", () => Spoil(w => w with { Signature = Hmac(Webhook.KeyOf(random.Pick(secrets)), w.Body) })),
        ("signed by another algorithm", () => Spoil(w => w with { Signature = "v1," + Convert.ToBase64String(HMACSHA512.HashData(Webhook.KeyOf(random.Pick(secrets)), w.Signed)[..32]) })),
        ("of another version", () => Spoil(w => w with { Signature = random.Pick(["", "v2,", "v1a,", "V1,", "v1", "v1=", "v1,,"]) + w.Signature[3..] })),
        ("many false signatures", () => Spoil(w => w with { Signature = string.Join(' ', Enumerable.Range(0, 5).Select(_ => Genuine().Signature)) })),
        ("signatures joined otherwise", () => Spoil(w => w with { Signature = Genuine().Signature + random.Pick([",", ", ", "\t", ";", "\n"])[..1] + w.Signature })),
        ("signature in other letters", () => Spoil(w => w with { Signature = Respell(w.Signature) })),
        ("genuine, but too old or too early", () => Genuine(random.Next(301, 1_000_000) * (random.Next(2) == 0 ? 1 : -1))),
    ];

    private Webhook Genuine(int? seconds = null) => Webhook.Send(random, random.Pick(secrets), now, seconds ?? random.Next(-300, 301));

    private Webhook Spoil(Func<Webhook, Webhook> spoil) => spoil(Genuine());

    private string OtherTimestamp(Webhook webhook)
    {
        string other;
        do
            other = (now.ToUnixTimeSeconds() + random.Next(-300, 301)).ToString(CultureInfo.InvariantCulture);
        while (other == webhook.Timestamp);
        return other;
    }

    private string Respell(string signature)
    {
        const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        return random.Next(4) switch
        {
            0 => signature.TrimEnd('='),
            1 => signature + "=",
            2 => signature[..^2] + letters[letters.IndexOf(signature[^2], StringComparison.Ordinal) ^ 1] + "=",
            _ => signature.Insert(random.Next(4, signature.Length), random.Pick([" ", "\n", "\t", "\r"])),
        };
    }

    private static string Hmac(byte[] key, byte[] signed) => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed));
}
