using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Options;
using Neolia.Functions.Secrets;
using Neolia.Functions.Settings;

namespace Neolia.Functions.Vault;

internal static class SecretServices
{
    public static void AddSecrets(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddOptions<VaultOptions>().Bind(builder.Configuration.GetSection(VaultOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<VaultOptions>, VaultOptionsValidator>();

        if (string.IsNullOrEmpty(builder.Configuration.Read(SettingRegistry.Get("KeyVault__Uri"))))
        {
            services.AddSingleton<ISecrets, ConfiguredSecrets>();
            return;
        }

        services.AddSingleton(provider => Client(provider.GetRequiredService<IOptions<VaultOptions>>().Value));
        services.AddSingleton<VaultSecrets>();
        services.AddSingleton<ISecrets>(provider => provider.GetRequiredService<VaultSecrets>());
        services.AddHostedService(provider => provider.GetRequiredService<VaultSecrets>());
    }

    private static SecretClient Client(VaultOptions options)
    {
        var vault = new Uri(options.Uri);
        var identity = options.ClientId.Length > 0
            ? ManagedIdentityId.FromUserAssignedClientId(options.ClientId)
            : ManagedIdentityId.SystemAssigned;
        return new SecretClient(vault, new ManagedIdentityCredential(identity), new SecretClientOptions
        {
            // A vault's challenge must name the domain that the vault is in, lest a token goes to somebody else's
            // server; on loopback there is no such domain.
            DisableChallengeResourceVerification = vault.IsLoopback,
            Retry = { MaxRetries = 2, NetworkTimeout = TimeSpan.FromSeconds(10) },
        });
    }
}
