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
/// nothing that was deleted since can be vacuumed. It is held for two minutes of 150 changes per second, and goes on; a
/// second installation on servers of its own does the same without it, by turns.
/// </summary>
internal static class HeldSnapshotBench
{
    private const double ChangesPerSecond = 150;

    public static async Task RunAsync(BenchArguments arguments, CancellationToken cancellationToken)
    {
        var rows = arguments.Rows.Count > 0 ? arguments.Rows[0] : arguments.Short ? 2_000 : 100_000;
        var seconds = arguments.Short ? 2 : 120;
        var runs = arguments.Runs ?? (arguments.Short ? 1 : 5);
        await using var free = await StartAsync(arguments, rows, cancellationToken);
        await using var held = await StartAsync(arguments, rows, cancellationToken);
        await using var holder = await held.Supabase.OpenConnectionAsync(cancellationToken);
        await using var snapshot = await holder.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using (var look = new NpgsqlCommand("select count(*) from public.sites", holder, snapshot))
            await look.ExecuteScalarAsync(cancellationToken);

        (string Name, DrainedTown Town)[] sides = [("none held", free), ($"held for {seconds} s and on", held)];
        var figures = new List<Figure>();
        foreach (var (name, town) in sides)
        {
            Console.WriteLine($"{name}: {seconds} s of changes ...");
            figures.Add(new Figure(name, rows, await ChangeAsync(town, seconds, cancellationToken), []));
        }

        // By turns, so that whatever else the machine does meets both alike. Nothing is vacuumed or emptied by hand between
        // the runs: with a snapshot held that would be cheating.
        for (var run = 0; run < runs; run++)
        {
            foreach (var (figure, side) in figures.Zip(sides))
            {
                await side.Town.Town.ForgetKamailioAsync(cancellationToken);
                figure.Runs.Add(await side.Town.DrainAsync(rows, processes: 1, cancellationToken));
                Console.WriteLine($"  {figure.Name}: {figure.Runs[^1]}");
            }
        }

        var table = new Table("snapshot", "rows", "runs", "rows/s", "slowest", "fastest", "of without", "app us", "postgres us", "mysql us", "changes p50 ms", "p99 ms", "max ms");
        foreach (var f in figures)
        {
            table.Add(
                f.Name, $"{f.Rows:N0}", $"{f.Runs.Count}", $"{f.Median.RowsPerSecond:N0}", $"{f.Runs.Min(r => r.RowsPerSecond):N0}", $"{f.Runs.Max(r => r.RowsPerSecond):N0}",
                $"{f.Median.RowsPerSecond / figures[0].Median.RowsPerSecond:P0}", $"{f.Median.AppMicroseconds:0.0}", $"{f.Median.PostgresMicroseconds:0.0}", $"{f.Median.MySqlMicroseconds:0.0}",
                $"{f.Changes.P50:0.0}", $"{f.Changes.P99:0.0}", $"{f.Changes.Max:0.0}");
        }

        Console.WriteLine(table);
        Console.WriteLine(ResultFile.Write(arguments.ResultName("held-snapshot"), await Residence.VersionsAsync(held.Supabase, held.Kamailio, cancellationToken), figures));
    }

    /// <summary>All accounts were brought to Kamailio once: the first time costs notes for the activity log.</summary>
    private static async Task<DrainedTown> StartAsync(BenchArguments arguments, int rows, CancellationToken cancellationToken)
    {
        var town = await DrainedTown.StartAsync(arguments, cancellationToken);
        Console.WriteLine($"{rows} accounts are being made ...");
        await town.Town.BuildAsync(rows, cancellationToken);
        await town.DrainAllAsync(cancellationToken);
        await town.Town.ForgetAsync(cancellationToken);
        return town;
    }

    private static async Task<Percentiles> ChangeAsync(DrainedTown town, int seconds, CancellationToken cancellationToken)
    {
        // Kamailio has forgotten everything: the accounts are there again before the clock starts.
        await town.Town.MarkAsync(500, cancellationToken);
        await town.DrainAllAsync(cancellationToken);
        var app = await town.Stack.StartAppAsync(cancellationToken);
        var accounts = await TownAccount.ReadAsync(town.Town, 500, cancellationToken);
        var load = new RekeyLoad(town.Supabase, town.Kamailio, [.. accounts.Select(a => new RekeyLoad.Account(Guid.Parse(a.Id), a.Username))]);
        var latencies = await load.RunAsync((int)(seconds * ChangesPerSecond), ChangesPerSecond, cancellationToken);
        // Killed before its last acknowledge it would leave leases behind.
        await town.Town.WaitUntilDrainedAsync(Stopwatch.GetTimestamp(), cancellationToken);
        await app.KillAsync(cancellationToken);
        return Percentiles.Of(latencies);
    }

    private sealed record Figure(string Name, int Rows, Percentiles Changes, List<Run> Runs)
    {
        public Run Median => Runs.OrderBy(r => r.RowsPerSecond).ElementAt(Runs.Count / 2);
    }
}
