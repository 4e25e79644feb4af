namespace Neolia.Functions.Hosting;

/// <summary>
/// CORS for runs without the Functions host, which answers browsers' preflights itself. Without
/// <c>Cors__AllowedOrigins</c> (separated by commas) no browser of another origin is let in.
/// </summary>
internal static class LocalCors
{
    public static void AddLocalCors(this WebApplicationBuilder builder)
    {
        var origins = (builder.Configuration["Cors:AllowedOrigins"] ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(origins)
            .WithMethods("GET", "POST")
            .WithHeaders("authorization", "apikey", "x-client-info", "content-type")));
    }
}
