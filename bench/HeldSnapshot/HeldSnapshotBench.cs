using System.Data;
using System.Diagnostics;
using Neolia.Bench.Drain;
using Neolia.Bench.Latency;
using Neolia.Bench.Reporting;
using Neolia.Bench.Towns;
using Npgsql;

namespace Neolia.Bench.HeldSnapshot;

/// <summary>
/// Drain speed while another session of Postgres holds an old snapshot (a report, a backup, a forgotten transaction):
/// nothing that was deleted since can be vacuumed. It is held for two minutes of 150 changes per second, and goes on.
/// </summary>
internal static class HeldSnapshotBench
{
    private const double ChangesPerSecond = 150;

    public static async Task RunAsync(BenchArguments arguments, CancellationToken cancellationToken)
    {
        var rows = arguments.Rows.Count > 0 ? arguments.Rows[0] : arguments.Short ? 2_000 : 100_000;
        var seconds = arguments.Short ? 2 : 120;
        var runs = arguments.Runs ?? (arguments.Short ? 1 : 5);
        await using var town = await DrainedTown.StartAsync(arguments, cancellationToken);
        Console.WriteLine($"{rows} accounts are being made ...");
        await town.Town.BuildAsync(rows, cancellationToken);
        await town.Town.ForgetAsync(cancellationToken);

        var before = await DrainsAsync(town, rows, runs, cancellationToken);
        await using var holder = await town.Supabase.OpenConnectionAsync(cancellationToken);
        await using var held = await holder.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using (var look = new NpgsqlCommand("select count(*) from public.sites", holder, held))
            await look.ExecuteScalarAsync(cancellationToken);
        Console.WriteLine($"A snapshot is held, {seconds} s ...");
        var latency = await ChangeAsync(town, seconds, cancellationToken);
        var during = await DrainsAsync(town, rows, runs, cancellationToken);

        var figures = new Figures(rows, seconds, Median(before), Median(during), latency);
        var table = new Table("snapshot", "rows", "runs", "rows/s", "of without", "app us", "postgres us", "mysql us");
        foreach (var (name, run) in (ReadOnlySpan<(string, Run)>)[("none held", figures.Without), ($"held for {seconds} s and on", figures.With)])
        {
            table.Add(
                name, $"{rows:N0}", $"{runs}", $"{run.RowsPerSecond:N0}", $"{run.RowsPerSecond / figures.Without.RowsPerSecond:P0}",
                $"{run.AppMicroseconds:0.0}", $"{run.PostgresMicroseconds:0.0}", $"{run.MySqlMicroseconds:0.0}");
        }

        Console.WriteLine(table);
        Console.WriteLine($"Changes meanwhile, commit to applied: p50 {latency.P50:0.0} ms, p99 {latency.P99:0.0} ms, max {latency.Max:0.0} ms");
        Console.WriteLine(ResultFile.Write(arguments.ResultName("held-snapshot"), await Residence.VersionsAsync(town.Supabase, town.Kamailio, cancellationToken), figures));
    }

    // Nothing is vacuumed or emptied by hand between the runs: with a snapshot held that would be cheating.
    private static async Task<List<Run>> DrainsAsync(DrainedTown town, int rows, int runs, CancellationToken cancellationToken)
    {
        var all = new List<Run>();
        for (var i = 0; i < runs; i++)
        {
            await town.Town.ForgetKamailioAsync(cancellationToken);
            all.Add(await town.DrainAsync(rows, processes: 1, cancellationToken));
            Console.WriteLine($"  {all[^1]}");
        }

        return all;
    }

    private static async Task<Percentiles> ChangeAsync(DrainedTown town, int seconds, CancellationToken cancellationToken)
    {
        var app = await town.Stack.StartAppAsync(cancellationToken);
        var accounts = await TownAccount.ReadAsync(town.Town, 500, cancellationToken);
        var load = new RekeyLoad(town.Supabase, town.Kamailio, [.. accounts.Select(a => new RekeyLoad.Account(Guid.Parse(a.Id), a.Username))]);
        var latencies = await load.RunAsync((int)(seconds * ChangesPerSecond), ChangesPerSecond, cancellationToken);
        // Killed before its last acknowledge it would leave leases behind.
        await town.Town.WaitUntilDrainedAsync(Stopwatch.GetTimestamp(), cancellationToken);
        await app.KillAsync(cancellationToken);
        return Percentiles.Of(latencies);
    }

    private static Run Median(List<Run> runs) => runs.OrderBy(r => r.RowsPerSecond).ElementAt(runs.Count / 2);

    private sealed record Figures(int Rows, int HeldSeconds, Run Without, Run With, Percentiles LatencyMeanwhile);
}
