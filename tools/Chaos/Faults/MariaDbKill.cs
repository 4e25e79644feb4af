using System.Diagnostics;
using Neolia.Chaos.Arenas;

namespace Neolia.Chaos.Faults;

/// <summary>SIGKILL to MariaDB, a pause, and a start: recovery from the log.</summary>
internal sealed class MariaDbKill(Arena arena, Probe probe, Random random) : IFault
{
    public string Name => "MariaDB killed and started again";

    public async Task StrikeAsync(FaultLog log, CancellationToken cancellationToken)
    {
        await Outage.OfMariaDbAsync(arena.Stack.MariaDb, Outage.Draw(random));
        log.DatabaseKilled();
        if (Outage.IsMeasured(random))
            log.Recovered(Name, await probe.MeasureAsync(Stopwatch.GetTimestamp(), CancellationToken.None));
    }
}
