using Neolia.Functions.Secrets;
using Neolia.Functions.Settings;

namespace Neolia.Functions.Vault;

/// <summary>Secrets from settings and .NET user secrets, for local runs. There are no defaults.</summary>
internal sealed class ConfiguredSecrets(IConfiguration configuration) : ISecrets
{
    /// <summary>The setting of a secret, in its environment form.</summary>
    public static string SettingOf(Secret secret) => secret switch
    {
        Secret.SupabasePassword => "Supabase__Password",
        Secret.KamailioPassword => "Kamailio__Password",
        Secret.WebhookSecret => "Webhook__Secret",
        Secret.JwtSecret => "Supabase__JwtSecret",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public string? Trouble => null;

    public string? Read(Secret secret) =>
        configuration.Read(SettingRegistry.Get(SettingOf(secret))) is { Length: > 0 } value ? value : null;

    public Task RefreshAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
