using System.Diagnostics;
using Microsoft.Extensions.Options;
using Neolia.Functions.Settings;
using Span = System.Diagnostics.Activity;

namespace Neolia.Functions.Telemetry;

internal static class TelemetryServices
{
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var targets = new TelemetryTargets(builder.Configuration);
        services.AddSingleton(targets);
        services.AddOptions<TelemetryOptions>().Bind(builder.Configuration.GetSection(TelemetryOptions.Section))
            .Validate(_ => targets.OtlpIsValid, $"{SettingRegistry.OtlpEndpoint.Name} must be an http or https URL")
            .Validate(_ => targets.InsightsIsValid, $"{SettingRegistry.InsightsConnection.Name} must be the connection string of an Application Insights resource")
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidator>();
        services.AddHostedService<TelemetryExport>();
    }

    /// <summary>
    /// A span for each request but those that ask whether the program lives. ASP.NET Core's own would carry paths and
    /// addresses; this one has the route as it stands in the code.
    /// </summary>
    public static void UseRequestSpans(this WebApplication app) => app.Use(async (context, next) =>
    {
        using var span = Start(context);
        await next(context);
        span?.SetTag("http.response.status_code", context.Response.StatusCode);
        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
            span?.SetStatus(ActivityStatusCode.Error);
    });

    private static Span? Start(HttpContext context)
    {
        if ((context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is not { Length: > 1 } route || route.StartsWith("/api/health", StringComparison.Ordinal))
            return null;
        ActivityContext.TryParse(context.Request.Headers.TraceParent, traceState: null, isRemote: true, out var caller);

        // ASP.NET Core's own, which nobody records, would be taken for the parent.
        Span.Current = null;
        var span = Spans.StartRequest($"{context.Request.Method} {route}", caller);
        span?.SetTag("http.request.method", context.Request.Method);
        span?.SetTag("http.route", route);
        return span;
    }
}
