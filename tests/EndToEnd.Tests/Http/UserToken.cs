using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>Tokens as an attacker, or another project, would make them.</summary>
internal static class UserToken
{
    /// <summary>Claims of a genuine user token, to be spoilt one at a time.</summary>
    public static Dictionary<string, object> Claims() => new()
    {
        ["sub"] = Guid.NewGuid(),
        ["aud"] = "authenticated",
        ["role"] = "authenticated",
        ["exp"] = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds(),
    };

    public static string Sign(object claims, string secret, string algorithm = "HS256")
    {
        var signed = $"{Encode(JsonSerializer.SerializeToUtf8Bytes(new { alg = algorithm, typ = "JWT" }))}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        var (key, text) = (Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(signed));
        return algorithm switch
        {
            "HS256" => $"{signed}.{Encode(HMACSHA256.HashData(key, text))}",
            "HS512" => $"{signed}.{Encode(HMACSHA512.HashData(key, text))}",
            _ => $"{signed}.",
        };
    }

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
