using Microsoft.Extensions.Options;
using Neolia.Functions.Registrations;

namespace Neolia.Functions.Timers;

/// <summary>Brings registrations from Kamailio; answered as <see cref="DrainTimer"/> says.</summary>
internal static class RegistrationsTimer
{
    public static void AddRegistrations(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<RegistrationOptions>().Bind(builder.Configuration.GetSection(RegistrationOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RegistrationOptions>, RegistrationOptionsValidator>();
        services.AddSingleton<LocationReader>();
        services.AddSingleton<RegistrationPass>();
        services.AddSingleton<SiteStatus>();
        services.AddSingleton<RegistrationRunner>();
        services.AddHostedService<RegistrationService>();
    }

    public static void MapRegistrations(this WebApplication app) => app.MapPost("/registrations", async (
        RegistrationRunner registrations, CancellationToken cancellationToken) =>
    {
        await registrations.RunAsync(cancellationToken);
        return Results.Text(DrainTimer.InvocationResult, "application/json");
    });
}
