using Microsoft.Extensions.Options;
using Neolia.Functions.Acknowledging;
using Neolia.Functions.Applying;
using Neolia.Functions.Claiming;
using Neolia.Functions.Draining;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Reading;

namespace Neolia.Functions.Hosting;

internal static class Draining
{
    public static void AddDrain(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<DrainOptions>().Bind(builder.Configuration.GetSection(DrainOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DrainOptions>, DrainOptionsValidator>();

        services.AddSingleton<Claimer>();
        services.AddSingleton<DesiredReader>();
        services.AddSingleton(provider => new AccountApplier(
            provider.GetRequiredService<KamailioDatabase>(), provider.GetRequiredService<IOptions<KamailioOptions>>().Value.ServedDomains));
        services.AddSingleton(provider => new UnitApplier(
            provider.GetRequiredService<KamailioDatabase>(), provider.GetRequiredService<IOptions<KamailioOptions>>().Value.ServedDomains));
        services.AddSingleton<ContactKicker>();
        services.AddSingleton<Acknowledger>();
        services.AddSingleton<VersionRenewal>();
        services.AddSingleton<DrainTurn>();
        services.AddSingleton<DirtyMarks>();
        services.AddSingleton<QueueGauge>();
        services.AddSingleton(provider => new DrainRunner(
            provider.GetRequiredService<DrainTurn>().RunAsync,
            provider.GetRequiredService<DrainTurn>().GiveBackAsync,
            provider.GetRequiredService<IOptions<DrainOptions>>(),
            provider.GetRequiredService<ILogger<DrainRunner>>()));
    }
}
