using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Credentials;

/// <summary>
/// What Kamailio's <c>auth_db</c> compares with (RFC 2617, 3.2.2.2). The realm is the domain.
/// Both are 32 lower-case hex digits, and as good as the password to whoever reads them.
/// </summary>
/// <param name="Ha1">MD5 of <c>username:realm:password</c>.</param>
/// <param name="Ha1b">MD5 of <c>username@domain:realm:password</c>, for devices that send <c>user@domain</c> as user name.</param>
public readonly record struct Digests(string Ha1, string Ha1b)
{
    public static Digests Of(SipName name, string password) => new(
        Md5($"{name.Username}:{name.Domain}:{password}"),
        Md5($"{name}:{name.Domain}:{password}"));

    /// <summary>A digest that nobody knows a password for, for the half that is not known.</summary>
    public static string RandomHalf() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Records print their members, and a digest must never reach a log.</summary>
    public override string ToString() => "digests";

    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "SIP digest authentication defines MD5, and the devices know no other.")]
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
}
