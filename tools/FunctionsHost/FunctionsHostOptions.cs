namespace Neolia.FunctionsHost;

public sealed record FunctionsHostOptions
{
    public required FunctionPackage Package { get; init; }

    /// <summary>App settings: part of the host's environment, which the handler inherits as a whole.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary><c>siteConfig.cors.allowedOrigins</c>.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>How long the handler may take until it answers anything at all.</summary>
    public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>In the place of host.json's, where a test can't wait for minutes.</summary>
    public TimeSpan? FunctionTimeout { get; init; }
}
