using System.Diagnostics;
using Neolia.Chaos.Arenas;

namespace Neolia.Chaos.Faults;

/// <summary>SIGKILL to all of PostgreSQL's processes at once, a pause, and a start: recovery from the log.</summary>
internal sealed class PostgresKill(Arena arena, Probe probe, Random random) : IFault
{
    public string Name => "PostgreSQL killed and started again";

    public async Task StrikeAsync(FaultLog log, CancellationToken cancellationToken)
    {
        await Outage.OfPostgresAsync(arena.Stack.Postgres, Outage.Draw(random));
        log.DatabaseKilled();
        if (Outage.IsMeasured(random))
            log.Recovered(Name, await probe.MeasureAsync(Stopwatch.GetTimestamp(), CancellationToken.None));
    }
}

/// <summary>Both servers die together, as with their machine, and come back in whatever order.</summary>
internal sealed class BothKill(Arena arena, Random random) : IFault
{
    public string Name => "both databases killed together";

    public async Task StrikeAsync(FaultLog log, CancellationToken cancellationToken)
    {
        await Task.WhenAll(
            Outage.OfPostgresAsync(arena.Stack.Postgres, Outage.Draw(random)), Outage.OfMariaDbAsync(arena.Stack.MariaDb, Outage.Draw(random)));
        log.DatabaseKilled();
        log.DatabaseKilled();
    }
}

/// <summary>SIGKILL to one backend: PostgreSQL ends all the others and recovers from the log by itself.</summary>
internal sealed class BackendKill(Arena arena, Probe probe, Random random) : IFault
{
    public string Name => "PostgreSQL's backend killed, server crashed";

    public async Task StrikeAsync(FaultLog log, CancellationToken cancellationToken)
    {
        var backends = await Database.PatientlyAsync(
            () => arena.Supabase.ReadAsync("select pid from pg_stat_activity where backend_type = 'client backend' order by pid", row => row.GetInt32(0), CancellationToken.None), CancellationToken.None);
        Processes.Kill(backends[random.Next(backends.Count)]);
        await Database.PatientlyAsync(() => arena.Supabase.ReadOneAsync<int>("select 1", CancellationToken.None), CancellationToken.None);
        if (Outage.IsMeasured(random))
            log.Recovered(Name, await probe.MeasureAsync(Stopwatch.GetTimestamp(), CancellationToken.None));
    }
}
