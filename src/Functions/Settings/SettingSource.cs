namespace Neolia.Functions.Settings;

/// <summary>Where a setting's value comes from.</summary>
internal enum SettingSource
{
    /// <summary>An app setting that the Bicep template writes.</summary>
    AppSetting,

    /// <summary>A secret of Azure Key Vault; a setting or .NET user secret for local runs, which have no vault.</summary>
    Secret,

    /// <summary>The Functions host's own environment.</summary>
    Host,

    /// <summary>Of runs without the Functions host; Azure has another place for it.</summary>
    Local,

    /// <summary>The environment of one of the operator's verbs.</summary>
    Verb,
}
