using Microsoft.Extensions.Options;
using Neolia.Functions.Doorbells;
using Neolia.Functions.Secrets;

namespace Neolia.Functions.Vault;

/// <summary>Without a vault the secrets are settings, and those that nothing works without must be there at the start.</summary>
internal sealed class VaultOptionsValidator(IConfiguration configuration) : IValidateOptions<VaultOptions>
{
    public ValidateOptionsResult Validate(string? name, VaultOptions options)
    {
        if (options.Uri.Length > 0 && !(Uri.TryCreate(options.Uri, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps))
            return ValidateOptionsResult.Fail("KeyVault__Uri must be the vault's https address, for example 'https://neolia-prod.vault.azure.net'.");
        if (options.RefreshInterval < TimeSpan.FromMilliseconds(100) || options.RefreshInterval > TimeSpan.FromMinutes(10))
            return ValidateOptionsResult.Fail($"KeyVault__RefreshInterval is {options.RefreshInterval}; it must be from 00:00:00.100 to 00:10:00.");
        return options.Uri.Length > 0 ? ValidateOptionsResult.Success : ValidateSettings(new ConfiguredSecrets(configuration));
    }

    private ValidateOptionsResult ValidateSettings(ConfiguredSecrets secrets)
    {
        foreach (var secret in new[] { Secret.SupabasePassword, Secret.KamailioPassword })
        {
            if (secrets.Read(secret) is null)
                return ValidateOptionsResult.Fail($"{ConfiguredSecrets.SettingOf(secret)} is missing: set the password of the database user neolia_functions, or KeyVault__Uri to read it from Azure Key Vault.");
        }

        if (secrets.Read(Secret.JwtSecret) is null && string.IsNullOrEmpty(configuration["Supabase:JwtIssuer"]))
            return ValidateOptionsResult.Fail("User tokens can't be verified: set Supabase__JwtIssuer, for example 'https://REF.supabase.co/auth/v1', or Supabase__JwtSecret for a project with a legacy secret.");

        try
        {
            DoorbellSignature.ParseSecrets(secrets.Read(Secret.WebhookSecret));
            return ValidateOptionsResult.Success;
        }
        catch (FormatException exception)
        {
            return ValidateOptionsResult.Fail($"Webhook__Secret is malformed. {exception.Message}");
        }
    }
}
