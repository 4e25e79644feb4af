using Neolia.Functions.Settings;

namespace Neolia.Functions.Hosting;

/// <summary>
/// CORS for runs without the Functions host, which answers browsers' preflights itself. Without
/// <c>Cors__AllowedOrigins</c> (separated by commas) no browser of another origin is let in.
/// </summary>
internal static class LocalCors
{
    public static void AddLocalCors(this WebApplicationBuilder builder)
    {
        var origins = (builder.Configuration.Read(SettingRegistry.AllowedOrigins) ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        builder.Services.AddOptions<Origins>()
            .Validate(_ => origins.All(IsOrigin), $"{SettingRegistry.AllowedOrigins.Name} must name origins, a scheme and a host each, separated by commas")
            .ValidateOnStart();
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(origins)
            .WithMethods("GET", "POST")
            .WithHeaders("authorization", "apikey", "x-client-info", "content-type")));
    }

    /// <summary>As browsers send it (RFC 6454): no path, not even a slash, no blank.</summary>
    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == text;

    /// <summary>Nothing but the validation of the origins.</summary>
    private sealed class Origins;
}
