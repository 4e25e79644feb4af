namespace Neolia.Functions.Secrets;

public enum Secret
{
    /// <summary>Password of the Postgres role <c>neolia_functions</c>.</summary>
    SupabasePassword,

    /// <summary>Password of the MySQL user <c>neolia_functions</c>.</summary>
    KamailioPassword,

    /// <summary>Secrets of the doorbell, separated by blanks: during a change the old and the new one.</summary>
    WebhookSecret,

    /// <summary>Legacy shared secrets of user tokens (HS256), separated by blanks: during a change the old and the new one.</summary>
    JwtSecret,
}
