using System.Diagnostics;
using Microsoft.Extensions.Options;
using Neolia.Functions.Draining;
using Neolia.Functions.Logging;
using Neolia.Functions.Reconciling;

namespace Neolia.Functions.Hosting;

/// <summary>Reconciles where nobody waits for the answer. A failure is said and left to the next run: the drain goes on without.</summary>
internal sealed class UnattendedReconcile(Reconciler reconciler, IOptions<DrainOptions> drain, ILogger<UnattendedReconcile> logger)
{
    /// <summary>
    /// After a run that could not deal with a restore: one that would remove too much waits for the operator, and comparing a
    /// million accounts is not for every look.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    private long? _leftAt;

    /// <summary>
    /// Nothing tells when a backup is restored under programs that go on running; what it undid must not wait for the hour, or
    /// for a restart.
    /// </summary>
    public async Task RunIfRestoredAsync(CancellationToken cancellationToken)
    {
        if (_leftAt is { } at && Stopwatch.GetElapsedTime(at) < Pause)
            return;
        await GuardAsync(async () =>
        {
            if (!await reconciler.IsRestoredAsync(cancellationToken))
                return;
            _leftAt = Stopwatch.GetTimestamp();
            if (await ReconcileAsync(cancellationToken) is { Refused: false, Complete: true })
                _leftAt = null;
        }, cancellationToken);
    }

    public Task RunAsync(CancellationToken cancellationToken) => GuardAsync(() => ReconcileAsync(cancellationToken), cancellationToken);

    private Task<ReconcileReport> ReconcileAsync(CancellationToken cancellationToken) =>
        reconciler.RunAsync(ReconcileRequest.Regular(drain.Value.RequestBudget), NoProgress.Instance, cancellationToken);

    private async Task GuardAsync(Func<Task> run, CancellationToken cancellationToken)
    {
        try
        {
            await run();
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            logger.ReconcileFailed(exception.GetType().Name);
        }
    }
}
