using System.Security.Cryptography;

namespace Neolia.LocalStack.Supabase;

/// <summary>Keys of one throw-away project, in the shape that new hosted projects have (opaque, not JWTs).</summary>
public sealed record SupabaseKeys(string Publishable, string Secret, string JwtSecret)
{
    public static SupabaseKeys New() => new(
        "sb_publishable_" + Opaque(),
        "sb_secret_" + Opaque(),
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(48)));

    private static string Opaque() =>
        RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 22)
        + "_" + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 8);
}
