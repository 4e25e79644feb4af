using Microsoft.Extensions.Options;
using Neolia.Functions.Draining;

namespace Neolia.Functions.Hosting;

/// <summary>What is done at each start and by the timer: whatever waits is drained, and whatever a restored backup undid is found.</summary>
internal sealed class RegularDrain(DrainRunner drain, QueueGauge queue, UnattendedReconcile reconcile, IOptions<DrainOptions> options)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var report = await drain.DrainAsync(options.Value.RequestBudget, cancellationToken);
        await queue.ReportAsync(cancellationToken);

        // A database that is out of reach was told of, and would fail this, too.
        if (report.Complete)
            await reconcile.RunIfRestoredAsync(cancellationToken);
    }
}
