using Microsoft.Extensions.Options;
using Neolia.Functions.Doorbells;
using Neolia.Functions.Secrets;
using Neolia.Functions.Settings;

namespace Neolia.Functions.Vault;

/// <summary>
/// Without a vault the secrets are settings, and those that nothing works without must be there at the start. With one
/// they may come later: a vault that is out of reach must not keep the program from starting.
/// </summary>
internal sealed class VaultOptionsValidator(IConfiguration configuration) : IValidateOptions<VaultOptions>
{
    public ValidateOptionsResult Validate(string? name, VaultOptions options)
    {
        string[] faults = [.. VaultFaults(options), .. options.Uri.Length > 0 ? [] : SecretFaults(new ConfiguredSecrets(configuration))];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> VaultFaults(VaultOptions options)
    {
        if (options.Uri.Length > 0 && !(Uri.TryCreate(options.Uri, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps))
            yield return "KeyVault__Uri must be the vault's https address";
        if (options.ClientId.Length > 0 && !Guid.TryParseExact(options.ClientId, "D", out _))
            yield return "KeyVault__ClientId must be the client id of the managed identity, a uuid";
        if (options.RefreshInterval < TimeSpan.FromMilliseconds(100) || options.RefreshInterval > TimeSpan.FromMinutes(10))
            yield return $"KeyVault__RefreshInterval is {options.RefreshInterval} and must be from 00:00:00.100 to 00:10:00";
    }

    private IEnumerable<string> SecretFaults(ConfiguredSecrets secrets)
    {
        foreach (var secret in (Secret[])[Secret.SupabasePassword, Secret.KamailioPassword])
        {
            if (secrets.Read(secret) is null)
                yield return $"{ConfiguredSecrets.SettingOf(secret)} is missing";
        }

        if (secrets.Read(Secret.JwtSecret) is null && string.IsNullOrEmpty(configuration.Read(SettingRegistry.Get("Supabase__JwtIssuer"))))
            yield return "Supabase__JwtIssuer is missing and so is Supabase__JwtSecret, and user tokens need one of them";
        if (!IsWellFormed(secrets.Read(Secret.WebhookSecret)))
            yield return "Webhook__Secret must be 'whsec_' and the base64 of 24 to 64 random bytes";
    }

    private static bool IsWellFormed(string? webhookSecret)
    {
        try
        {
            DoorbellSignature.ParseSecrets(webhookSecret);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
