using Microsoft.Extensions.Options;
using Neolia.Functions.Reconciling;

namespace Neolia.Functions.Hosting;

internal static class Reconciling
{
    public static void AddReconcile(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<ReconcileOptions>().Bind(builder.Configuration.GetSection(ReconcileOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ReconcileOptions>, ReconcileOptionsValidator>();

        services.AddSingleton<DesiredDigests>();
        services.AddSingleton<AppliedDigests>();
        services.AddSingleton<SecondLook>();
        services.AddSingleton<RestoreCheck>();
        services.AddSingleton<ContactSweep>();
        services.AddSingleton<UnmanagedSubscribers>();
        services.AddSingleton<Reconciler>();
    }
}
