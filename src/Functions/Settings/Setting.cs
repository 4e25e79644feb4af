namespace Neolia.Functions.Settings;

/// <summary>One setting as the environment spells it.</summary>
/// <param name="Name">For example <c>Supabase__ConnectionString</c>.</param>
/// <param name="Meaning">What it is, in a few words.</param>
/// <param name="Example">A value, or for a secret how to get one: never a secret itself.</param>
internal sealed record Setting(string Name, SettingSource Source, string Meaning, string Example)
{
    /// <summary>True: without it nothing starts. A secret may be in the vault instead.</summary>
    public bool Required { get; init; }

    /// <summary>What holds without it; null when nothing does, or another setting decides.</summary>
    public string? Default { get; init; }

    /// <summary>Name of the secret in the vault.</summary>
    public string? VaultSecret { get; init; }

    /// <summary>Parameter of <c>infra/main.bicep</c> that it is filled from; null where the template knows the value itself.</summary>
    public string? BicepParameter { get; init; }

    /// <summary>As .NET's configuration spells it.</summary>
    public string Key => Name.Replace("__", ":", StringComparison.Ordinal);

    /// <summary>Where to look for it, as the middle of a sentence.</summary>
    public string Where => Source switch
    {
        SettingSource.AppSetting when BicepParameter is { } parameter => $"it is an app setting (Bicep parameter {parameter})",
        SettingSource.AppSetting => "it is an app setting (the Bicep template writes it)",
        SettingSource.Secret => $"it is the secret {VaultSecret} in Azure Key Vault, whose address is the app setting KeyVault__Uri, or a setting of this name for local runs",
        SettingSource.Host => "the Functions host sets it",
        SettingSource.Local => "it is a setting for runs without the Functions host",
        SettingSource.Verb => "it belongs into the environment of the verb",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
