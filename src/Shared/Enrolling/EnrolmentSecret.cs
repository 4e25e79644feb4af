using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Neolia.Functions.Enrolling;

/// <summary>What opens a link, beside its id: 256 random bits as base64url. Only its hash is stored.</summary>
public static class EnrolmentSecret
{
    private const int Bytes = 32;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>SHA-256 of the text as it is: whatever somebody sends has a hash, and no secret has two spellings.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
