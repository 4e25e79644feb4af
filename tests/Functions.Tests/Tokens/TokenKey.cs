using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Neolia.Functions.Tests.Tokens;

/// <summary>Signs tokens, and is published as a JSON Web Key (RFC 7517).</summary>
internal sealed class TokenKey : IDisposable
{
    private readonly AsymmetricAlgorithm? _pair;
    private readonly byte[]? _shared;

    private TokenKey(string algorithm, AsymmetricAlgorithm? pair, byte[]? shared)
    {
        Algorithm = algorithm;
        _pair = pair;
        _shared = shared;
    }

    /// <summary>Header <c>alg</c>.</summary>
    public string Algorithm { get; }

    /// <summary>Header <c>kid</c>.</summary>
    public string Id { get; init; } = Guid.NewGuid().ToString();

    public static TokenKey Es256() => new("ES256", ECDsa.Create(ECCurve.NamedCurves.nistP256), null);

    public static TokenKey Rs256() => new("RS256", RSA.Create(2048), null);

    public static TokenKey Hs256(string secret) => new("HS256", null, Encoding.UTF8.GetBytes(secret));

    /// <summary>A shared secret as Supabase makes them.</summary>
    public static string NewSecret() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));

    public string Sign(JsonObject claims) => Sign(new JsonObject { ["alg"] = Algorithm, ["kid"] = Id, ["typ"] = "JWT" }, claims);

    /// <summary>With a header of one's own, whatever it says.</summary>
    public string Sign(JsonObject header, JsonObject claims)
    {
        var signed = $"{Encode(header)}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(SignatureOf(Encoding.ASCII.GetBytes(signed)))}";
    }

    public byte[] SignatureOf(byte[] signed) => _pair switch
    {
        ECDsa pair => pair.SignData(signed, HashAlgorithmName.SHA256),
        RSA pair => pair.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        _ => HMACSHA256.HashData(_shared!, signed),
    };

    public JsonObject ToJwk()
    {
        var jwk = new JsonObject { ["kid"] = Id, ["alg"] = Algorithm, ["use"] = "sig", ["key_ops"] = new JsonArray("verify") };
        switch (_pair)
        {
            case ECDsa pair:
                var point = pair.ExportParameters(false).Q;
                (jwk["kty"], jwk["crv"], jwk["x"], jwk["y"]) = ("EC", "P-256", Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
                break;
            case RSA pair:
                var numbers = pair.ExportParameters(false);
                (jwk["kty"], jwk["n"], jwk["e"]) = ("RSA", Base64Url.EncodeToString(numbers.Modulus), Base64Url.EncodeToString(numbers.Exponent));
                break;
            default:
                (jwk["kty"], jwk["k"]) = ("oct", Base64Url.EncodeToString(_shared));
                break;
        }

        return jwk;
    }

    /// <summary>All that the world knows of the key pair, in the forms a confused verifier may take for a shared secret.</summary>
    public IEnumerable<byte[]> PublicForms()
    {
        var info = _pair!.ExportSubjectPublicKeyInfo();
        yield return info;
        yield return Encoding.ASCII.GetBytes(_pair.ExportSubjectPublicKeyInfoPem());
        yield return Encoding.ASCII.GetBytes(_pair.ExportSubjectPublicKeyInfoPem() + "\n");
        yield return Encoding.ASCII.GetBytes(Convert.ToBase64String(info));
        yield return Encoding.UTF8.GetBytes(ToJwk().ToJsonString());
        yield return Encoding.UTF8.GetBytes((ToJwk()["x"] ?? ToJwk()["n"])!.GetValue<string>());
        yield return Encoding.UTF8.GetBytes(Id);
    }

    public static string Encode(JsonObject part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));

    public void Dispose() => _pair?.Dispose();
}
