using Microsoft.Extensions.Options;
using Neolia.Functions.Draining;
using Neolia.Functions.Logging;
using Neolia.Functions.Reconciling;

namespace Neolia.Functions.Hosting;

/// <summary>
/// Reconciles at the start when one of the databases was restored meanwhile, and by the hour where no Functions host has a
/// timer for it. A failure is said and left to the next run: the drain goes on without.
/// </summary>
internal sealed class ReconcileService(
    Reconciler reconciler, IOptions<ReconcileOptions> options, IOptions<DrainOptions> drain, IConfiguration configuration, ILogger<ReconcileService> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await RunAsync(onlyIfRestored: true, stoppingToken);
        if (configuration.RunsUnderFunctionsHost())
            return;
        using var timer = new PeriodicTimer(options.Value.Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await RunAsync(onlyIfRestored: false, stoppingToken);
    }

    private async Task RunAsync(bool onlyIfRestored, CancellationToken stoppingToken)
    {
        try
        {
            if (!onlyIfRestored || await reconciler.IsRestoredAsync(stoppingToken))
                await reconciler.RunAsync(ReconcileRequest.Regular(drain.Value.RequestBudget), NoProgress.Instance, stoppingToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            logger.ReconcileFailed(exception.GetType().Name);
        }
    }
}
