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
    private readonly TaskCompletionSource _looked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Done when it is known, or can't be known, whether a database was restored. The drain begins after that: what it applies
    /// is newer than any backup, and hides that one came back.
    /// </summary>
    public Task Looked => _looked.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        RestoreVerdict? verdict = null;
        await GuardAsync(async () => verdict = await reconciler.LookAsync(stoppingToken), stoppingToken);
        _looked.SetResult();
        if (verdict is { Restored: not Restored.None })
            await RunAsync(verdict, stoppingToken);

        if (configuration.RunsUnderFunctionsHost())
            return;
        using var timer = new PeriodicTimer(options.Value.Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await RunAsync(seen: null, stoppingToken);
    }

    private Task RunAsync(RestoreVerdict? seen, CancellationToken stoppingToken) => GuardAsync(
        () => reconciler.RunAsync(ReconcileRequest.Regular(drain.Value.RequestBudget) with { Seen = seen }, NoProgress.Instance, stoppingToken),
        stoppingToken);

    private async Task GuardAsync(Func<Task> work, CancellationToken stoppingToken)
    {
        try
        {
            await work();
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            logger.ReconcileFailed(exception.GetType().Name);
        }
    }
}
