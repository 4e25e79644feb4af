using Microsoft.Extensions.Options;
using Neolia.Functions.Draining;
using Neolia.Functions.Logging;

namespace Neolia.Functions.Hosting;

/// <summary>Runs the drain in the background, and asks for one at start: work may have waited while nothing ran.</summary>
internal sealed class DrainService(
    DrainRunner drain, QueueGauge queue, ReconcileService reconcile, IOptions<DrainOptions> options, IConfiguration configuration, ILogger<DrainService> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await reconcile.Looked.WaitAsync(stoppingToken);
            await Task.WhenAll(drain.RunAsync(stoppingToken), AskPeriodicallyAsync(stoppingToken));
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            // The host then ends the program: without its drain it would be of no use.
            Environment.ExitCode = 1;
            logger.DrainEnded(exception.GetType().Name);
            throw;
        }
    }

    private async Task AskPeriodicallyAsync(CancellationToken stoppingToken)
    {
        await drain.DrainAsync(options.Value.RequestBudget, stoppingToken);
        if (configuration.RunsUnderFunctionsHost())
            return;
        using var timer = new PeriodicTimer(options.Value.Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await drain.DrainAsync(options.Value.RequestBudget, stoppingToken);
            await queue.ReportAsync(stoppingToken);
        }
    }
}
