namespace Neolia.Functions.Supabase;

/// <summary>Settings <c>Supabase__*</c>.</summary>
public sealed class SupabaseOptions
{
    public const string Section = "Supabase";

    /// <summary>Npgsql connection string of the project's Postgres, for the role <c>neolia_functions</c>, without the password.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Password of that role. A secret.</summary>
    public string Password { get; set; } = "";

    /// <summary>Legacy shared secret of user tokens (HS256). Unset: such tokens are refused. A secret.</summary>
    public string? JwtSecret { get; set; }

    /// <summary>Issuer of user tokens, <c>https://REF.supabase.co/auth/v1</c>; its keys are read from <c>/.well-known/jwks.json</c> below it.</summary>
    public string? JwtIssuer { get; set; }

    /// <summary>Audience that user tokens must carry.</summary>
    public string JwtAudience { get; set; } = "authenticated";
}
