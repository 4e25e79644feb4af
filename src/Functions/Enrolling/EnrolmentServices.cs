using Microsoft.Extensions.Options;
using Neolia.Functions.Hosting;

namespace Neolia.Functions.Enrolling;

internal static class EnrolmentServices
{
    public static void AddEnrolling(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<EnrolmentOptions>().Bind(builder.Configuration.GetSection(EnrolmentOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<EnrolmentOptions>, EnrolmentOptionsValidator>();
        var platform = EnrolmentLinks.PlatformOrigin(builder.Configuration);
        services.AddSingleton(provider => new EnrolmentLinks(
            provider.GetRequiredService<IOptions<EnrolmentOptions>>().Value.Origin is { Length: > 0 } decided ? decided : platform));
        services.AddSingleton<EnrolmentMaker>();
        services.AddSingleton<EnrolmentLookup>();
        services.AddSingleton<EnrolmentRedeemer>();
        services.AddSingleton<RefusalNotes>();
        services.AddSingleton<AttemptLimits>();
        services.AddHostedService<RefusalService>();
    }

    public static void MapEnrolling(this WebApplication app)
    {
        app.MapPost("/api/sip-accounts/{id}/enrolments", EnrolmentsEndpoint.HandleAsync);
        app.MapGet("/api/enrol/{id}", LinkEndpoint.ShowAsync).WithMetadata(new FaultPage(LinkPage.Fault));
        app.MapPost("/api/enrol/{id}", LinkEndpoint.RedeemAsync);
    }
}
