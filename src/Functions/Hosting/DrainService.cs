using Microsoft.Extensions.Options;
using Neolia.Functions.Draining;

namespace Neolia.Functions.Hosting;

/// <summary>Runs the drain in the background, and asks for one at start: work may have waited while nothing ran.</summary>
internal sealed class DrainService(DrainRunner drain, IOptions<DrainOptions> options, IConfiguration configuration) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(drain.RunAsync(stoppingToken), AskPeriodicallyAsync(stoppingToken));

    private async Task AskPeriodicallyAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Interval);
        do
            await drain.DrainAsync(options.Value.RequestBudget, stoppingToken);
        while (!configuration.RunsUnderFunctionsHost() && await timer.WaitForNextTickAsync(stoppingToken));
    }
}
