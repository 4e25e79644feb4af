using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Neolia.Functions.Tests.Tokens;

namespace Neolia.Functions.Tests.Forging;

/// <summary>
/// Makes tokens that must be refused out of genuine ones, in each way that verifiers have been fooled. What is chosen
/// follows the seed; keys and the random part of ECDSA are new at each run.
/// </summary>
internal sealed class TokenForger(Random random, TokenRig rig, IReadOnlyList<TokenKey> keys, IReadOnlyList<TokenKey> forgers)
{
    private static readonly string[] Algorithms = ["none", "None", "nOnE", "", "HS256", "HS384", "HS512", "RS256", "RS384", "PS256", "ES256", "ES384", "ES512", "EdDSA", "dir"];
    private static readonly string[] KeyIds = ["", "../../../../dev/null", "' or 1=1 --", "/dev/null", "0", "\0"];

    private readonly IReadOnlyList<(TokenKey Key, string Token)> _genuine =
        [.. keys.SelectMany(key => Enumerable.Range(0, 20).Select(_ => (key, key.Sign(rig.Claims()))))];

    public IReadOnlyList<(string Kind, Func<string> Make)> Kinds =>
    [
        ("one bit flipped", () => random.FlipBit(Genuine().Token)),
        ("truncated", () => random.Truncate(Genuine().Token)),
        ("a letter less", () => random.DropLetter(Genuine().Token)),
        ("a letter doubled", () => random.DoubleLetter(Genuine().Token)),
        ("signature of another token", SwapSignature),
        ("claims rewritten", RewriteClaims),
        ("algorithm renamed", RenameAlgorithm),
        ("signed by another key under the genuine id", () => Forger().Sign(HeaderOf(random.Pick(keys)), Claims())),
        ("signed by another key under its own id", () => Forger().Sign(Claims())),
        ("public key taken for a shared secret", ConfuseAlgorithms),
        ("key brought along in the header", BringKey),
        ("strange key id", () => Forger().Sign(new JsonObject { ["alg"] = random.Pick(keys).Algorithm, ["kid"] = random.Pick(KeyIds) }, Claims())),
        ("empty or known secret", KnownSecret),
        ("signature of zeros or of another length", OddSignature),
        ("signature in other letters", Respell),
        ("genuine signature, expired or not for this project", () => random.Pick(keys).Sign(NotForUs())),
    ];

    private (TokenKey Key, string Token) Genuine() => random.Pick(_genuine);

    private TokenKey Forger() => random.Pick(forgers);

    private JsonObject Claims() => random.Next(3) switch
    {
        0 => rig.Claims(("role", "service_role")),
        1 => rig.Claims(("role", "service_role"), ("iss", "supabase"), ("aud", null), ("sub", null)),
        _ => rig.Claims(),
    };

    private static JsonObject HeaderOf(TokenKey key) => new() { ["alg"] = key.Algorithm, ["kid"] = key.Id, ["typ"] = "JWT" };

    private string SwapSignature()
    {
        var one = Genuine().Token;
        string other;
        do
            other = Genuine().Token;
        while (other == one);
        return Signed(one) + other[other.LastIndexOf('.')..];
    }

    private string RewriteClaims()
    {
        var parts = Genuine().Token.Split('.');
        return $"{parts[0]}.{TokenKey.Encode(Claims())}.{parts[2]}";
    }

    private string RenameAlgorithm()
    {
        var (key, token) = Genuine();
        var parts = token.Split('.');
        var header = new JsonObject { ["alg"] = random.Pick(Algorithms), ["kid"] = key.Id };
        return $"{TokenKey.Encode(header)}.{parts[1]}.{(random.Next(2) == 0 ? parts[2] : "")}";
    }

    private string ConfuseAlgorithms()
    {
        var pair = random.Pick([.. keys.Where(key => key.Algorithm != "HS256")]);
        return Hmac(new JsonObject { ["alg"] = "HS256", ["kid"] = pair.Id }, random.Pick([.. pair.PublicForms()]));
    }

    private string BringKey()
    {
        var forger = Forger();
        var header = HeaderOf(random.Next(2) == 0 ? forger : random.Pick(keys));
        switch (random.Next(4))
        {
            case 0:
                header["jwk"] = forger.ToJwk();
                break;
            case 1:
                header["jku"] = "http://127.0.0.1:9/jwks.json";
                break;
            case 2:
                header["x5u"] = "http://127.0.0.1:9/chain.pem";
                break;
            default:
                header["crit"] = new JsonArray("b64");
                header["b64"] = false;
                break;
        }

        return forger.Sign(header, Claims());
    }

    private string KnownSecret() =>
        Hmac(new JsonObject { ["alg"] = "HS256", ["kid"] = random.Pick(keys).Id }, random.Pick<byte[]>([[], new byte[32], "secret"u8.ToArray(), "super-secret-jwt-token-with-at-least-32-characters-long"u8.ToArray()]));

    private string OddSignature()
    {
        var token = Genuine().Token;
        var bytes = Base64Url.DecodeFromChars(token.AsSpan(token.LastIndexOf('.') + 1));
        byte[] odd = random.Next(4) switch
        {
            0 => new byte[bytes.Length],
            1 => [.. bytes[(bytes.Length / 2)..], .. bytes[..(bytes.Length / 2)]],
            2 => [.. bytes, 0],
            _ => [0x30, (byte)bytes.Length, .. bytes],
        };
        return $"{Signed(token)}.{Base64Url.EncodeToString(odd)}";
    }

    /// <summary>The same bytes otherwise spelled; an RS256 signature of 256 bytes also has such spellings.</summary>
    private string Respell()
    {
        const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var token = Genuine().Token;
        return random.Next(3) switch
        {
            0 => token + "=",
            1 => token[..^1] + letters[letters.IndexOf(token[^1], StringComparison.Ordinal) ^ 1],
            _ => token.Insert(token.Length - 1 - random.Next(20), random.Pick([" ", "\n", "\t", "="])),
        };
    }

    private JsonObject NotForUs() => random.Next(5) switch
    {
        0 => rig.Claims(("exp", TokenRig.In(TimeSpan.FromSeconds(-random.Next(31, 100_000))))),
        1 => rig.Claims(("nbf", TokenRig.In(TimeSpan.FromSeconds(random.Next(60, 100_000))))),
        2 => rig.Claims(("iss", $"https://{random.Next()}.supabase.co/auth/v1")),
        3 => rig.Claims(("aud", "anon")),
        _ => rig.Claims(("role", "anon")),
    };

    private string Hmac(JsonObject header, byte[] secret)
    {
        var signed = $"{TokenKey.Encode(header)}.{TokenKey.Encode(Claims())}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Signed(string token) => token[..token.LastIndexOf('.')];
}
