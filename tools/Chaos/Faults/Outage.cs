using Neolia.LocalStack.MariaDb;
using Neolia.LocalStack.Postgres;

namespace Neolia.Chaos.Faults;

/// <summary>A server is killed, is away for a moment, and comes back.</summary>
internal static class Outage
{
    // A measurement waits until the system works again; without it the next blow falls while it is still recovering.
    private const double MeasuredShare = 0.05;

    public static TimeSpan Draw(Random random) => TimeSpan.FromMilliseconds(random.Next(600));

    public static bool IsMeasured(Random random) => random.NextDouble() < MeasuredShare;

    public static async Task OfPostgresAsync(PostgresServer server, TimeSpan away)
    {
        await Processes.KillFamilyAsync(server.Process.ProcessId, CancellationToken.None);
        await server.Process.Exited.WaitAsync(CancellationToken.None);
        await Task.Delay(away, CancellationToken.None);
        await server.StartAgainAsync(CancellationToken.None);
    }

    public static async Task OfMariaDbAsync(MariaDbServer server, TimeSpan away)
    {
        await server.Process.StopAsync("KILL", TimeSpan.FromSeconds(5), CancellationToken.None);
        await Task.Delay(away, CancellationToken.None);
        await server.StartAgainAsync(CancellationToken.None);
    }
}
