namespace Neolia.Functions.Vault;

/// <summary>Settings <c>KeyVault__*</c>.</summary>
internal sealed class VaultOptions
{
    public const string Section = "KeyVault";

    /// <summary><c>https://NAME.vault.azure.net</c>; empty: the secrets are settings (local runs).</summary>
    public string Uri { get; set; } = "";

    /// <summary>Client id of the user-assigned managed identity; empty: the system-assigned one.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>How often the secrets are read anew; a rotation takes effect within that time.</summary>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(45);
}
