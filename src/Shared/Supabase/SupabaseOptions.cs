namespace Neolia.Functions.Supabase;

/// <summary>Settings <c>Supabase__*</c>.</summary>
public sealed class SupabaseOptions
{
    public const string Section = "Supabase";

    /// <summary>Npgsql connection string of the project's Postgres, for the role <c>neolia_functions</c>, without the password.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Issuer of user tokens, <c>https://REF.supabase.co/auth/v1</c>; its keys are read from <c>/.well-known/jwks.json</c> below it.</summary>
    public string? JwtIssuer { get; set; }

    /// <summary>Audience that user tokens must carry.</summary>
    public string JwtAudience { get; set; } = "authenticated";
}
