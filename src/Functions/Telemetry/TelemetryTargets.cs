using Azure.Core;
using Azure.Identity;
using Neolia.Functions.Settings;

namespace Neolia.Functions.Telemetry;

/// <summary>Where traces and metrics go: nowhere, to a collector, to Application Insights, or to both.</summary>
internal sealed class TelemetryTargets(IConfiguration configuration)
{
    private readonly string? _otlp = configuration.Read(SettingRegistry.OtlpEndpoint);
    private readonly string? _authentication = configuration.Read(SettingRegistry.InsightsAuthentication);

    /// <summary>Base address of OTLP over HTTP.</summary>
    public Uri? Otlp => Uri.TryCreate(_otlp?.TrimEnd('/'), UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;

    /// <summary>Connection string of Application Insights. An address and no secret.</summary>
    public string? Insights { get; } = configuration.Read(SettingRegistry.InsightsConnection) is { Length: > 0 } text ? text : null;

    public bool IsNowhere => Otlp is null && Insights is null;

    public bool OtlpIsValid => string.IsNullOrEmpty(_otlp) || Otlp is not null;

    public bool InsightsIsValid => Insights is null || Parts(Insights).ContainsKey("InstrumentationKey");

    /// <summary>The managed identity, where Application Insights lets in nobody else; null where it asks for nobody.</summary>
    public TokenCredential? InsightsCredential => Parts(_authentication) is var parts && parts.GetValueOrDefault("Authorization") == "AAD"
        ? new ManagedIdentityCredential(parts.TryGetValue("ClientId", out var client) ? ManagedIdentityId.FromUserAssignedClientId(client) : ManagedIdentityId.SystemAssigned)
        : null;

    private static Dictionary<string, string> Parts(string? text) => (text ?? "")
        .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(part => part.Split('=', 2))
        .Where(part => part.Length == 2)
        .DistinctBy(part => part[0], StringComparer.OrdinalIgnoreCase)
        .ToDictionary(part => part[0], part => part[1], StringComparer.OrdinalIgnoreCase);
}
