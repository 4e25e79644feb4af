using Neolia.Bench.Reporting;

namespace Neolia.Bench.Startup;

/// <param name="ProcessorMs">User and system time until the first drained change: what a busy machine does not blur.</param>
/// <param name="ResidentMb">Median of the resident set after 200 requests.</param>
internal sealed record StartupFigures(Percentiles FirstAnswerMs, Percentiles FirstDrainedMs, Percentiles ProcessorMs, double ResidentMb)
{
    public static StartupFigures Of(IReadOnlyCollection<StartupRun> runs) => new(
        Percentiles.Of(runs.Select(run => run.FirstAnswer.TotalMilliseconds)),
        Percentiles.Of(runs.Select(run => run.FirstDrained.TotalMilliseconds)),
        Percentiles.Of(runs.Select(run => run.Processor.TotalMilliseconds)),
        Math.Round(Percentiles.Of(runs.Select(run => run.ResidentBytes / 1e6)).P50, 1));
}
