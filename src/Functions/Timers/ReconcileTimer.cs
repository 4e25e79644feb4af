using Microsoft.Extensions.Options;
using Neolia.Functions.Draining;
using Neolia.Functions.Reconciling;

namespace Neolia.Functions.Timers;

/// <summary>Compares both databases by the hour; answered as <see cref="DrainTimer"/> says.</summary>
internal static class ReconcileTimer
{
    public static void MapReconcile(this WebApplication app) => app.MapPost("/reconcile", async (
        Reconciler reconciler, IOptions<DrainOptions> options, CancellationToken cancellationToken) =>
    {
        await reconciler.RunAsync(ReconcileRequest.Regular(options.Value.RequestBudget), NoProgress.Instance, cancellationToken);
        return Results.Text(DrainTimer.InvocationResult, "application/json");
    });
}
