using Microsoft.Extensions.Options;
using Neolia.Functions.Reconciling;

namespace Neolia.Functions.Hosting;

/// <summary>Reconciles by the hour where no Functions host has a timer for it.</summary>
internal sealed class ReconcileService(UnattendedReconcile reconcile, IOptions<ReconcileOptions> options, IConfiguration configuration)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (configuration.RunsUnderFunctionsHost())
            return;
        using var timer = new PeriodicTimer(options.Value.Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await reconcile.RunAsync(stoppingToken);
    }
}
