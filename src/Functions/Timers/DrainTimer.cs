using Microsoft.Extensions.Options;
using Neolia.Functions.Draining;

namespace Neolia.Functions.Timers;

/// <summary>
/// Timers of the Functions host, which posts to <c>/NAME</c> of the function. The answer must be a JSON object: on an
/// empty one the host waits until its time-out and then kills the program. The schedule stands in function.json.
/// </summary>
internal static class DrainTimer
{
    internal const string InvocationResult = """{"Outputs":{},"Logs":[],"ReturnValue":null}""";

    public static void MapTimers(this WebApplication app) => app.MapPost("/drain", async (
        DrainRunner drain, QueueGauge queue, IOptions<DrainOptions> options, CancellationToken cancellationToken) =>
    {
        await drain.DrainAsync(options.Value.RequestBudget, cancellationToken);
        await queue.ReportAsync(cancellationToken);
        return Results.Text(InvocationResult, "application/json");
    });
}
