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
    /// <summary>The drain waits for the look: a database that doesn't answer must not keep it for long.</summary>
    private static readonly TimeSpan LookWithin = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource _looked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Done when it is known, or can't be known, whether a database was restored. The drain begins after that: what it applies
    /// is newer than any backup, and hides that one came back.
    /// </summary>
    public Task Looked => _looked.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var verdict = await LookAsync(stoppingToken);
        _looked.SetResult();

        // Until it is dealt with: by now nobody else could see it any more. (One that is refused waits for the operator.)
        while (verdict is { Restored: not Restored.None } && await RunAsync(verdict, stoppingToken) is not { Complete: true })
            await Task.Delay(Pause, stoppingToken);

        if (configuration.RunsUnderFunctionsHost())
            return;
        using var timer = new PeriodicTimer(options.Value.Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await RunAsync(seen: null, stoppingToken);
    }

    private Task<RestoreVerdict?> LookAsync(CancellationToken stoppingToken) => GuardAsync<RestoreVerdict>(async () =>
    {
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        soon.CancelAfter(LookWithin);
        return await reconciler.LookAsync(soon.Token);
    }, stoppingToken);

    private Task<ReconcileReport?> RunAsync(RestoreVerdict? seen, CancellationToken stoppingToken) => GuardAsync<ReconcileReport>(
        () => reconciler.RunAsync(ReconcileRequest.Regular(drain.Value.RequestBudget) with { Seen = seen }, NoProgress.Instance, stoppingToken),
        stoppingToken);

    private async Task<T?> GuardAsync<T>(Func<Task<T>> work, CancellationToken stoppingToken)
        where T : class
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            logger.ReconcileFailed(exception.GetType().Name);
            return null;
        }
    }
}
