using System.Diagnostics;
using Neolia.Chaos.Arenas;

namespace Neolia.Chaos.Faults;

/// <summary>SIGKILL to MariaDB, a pause, and a start: recovery from the log.</summary>
internal sealed class MariaDbKill(Arena arena, Probe probe, Random random) : IFault
{
    public string Name => "MariaDB killed and started again";

    public async Task StrikeAsync(FaultLog log, CancellationToken cancellationToken)
    {
        var server = arena.Stack.MariaDb;
        await server.Process.StopAsync("KILL", TimeSpan.FromSeconds(5), CancellationToken.None);
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(600)), CancellationToken.None);
        await server.StartAgainAsync(CancellationToken.None);
        log.Recovered(Name, await probe.MeasureAsync(Stopwatch.GetTimestamp(), CancellationToken.None));
    }
}
