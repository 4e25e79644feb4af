using System.Security.Cryptography;

namespace Neolia.LocalStack.Sip;

/// <summary>What must be unique in SIP: tags, Call-IDs, branches.</summary>
internal static class SipToken
{
    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10));

    /// <summary>Of a transaction as RFC 3261 has it (8.1.1.7).</summary>
    public static string NewBranch() => "z9hG4bK" + New();
}
