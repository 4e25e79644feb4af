using System.Security.Cryptography;

namespace Neolia.LocalStack.Supervision;

/// <summary>Passwords of throw-away servers: made at run time, so that none stands in the repository.</summary>
public static class Secrets
{
    /// <summary>144 random bits, in letters that need no quoting in SQL, URLs or shells.</summary>
    public static string NewPassword() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(18));

    /// <summary>A Standard Webhooks secret: whsec_ and the base64 of 32 random bytes.</summary>
    public static string NewWebhookSecret() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
