using System.Globalization;
using Neolia.Bench.Drain;
using Neolia.Bench.Latency;
using Neolia.Bench.Reporting;
using Neolia.Bench.Towns;

namespace Neolia.Bench.Growth;

/// <summary>What a waiting change costs, in time and in the app's memory, as the backlog grows from 10,000 to 1,000,000.</summary>
internal static class GrowthBench
{
    public static async Task RunAsync(BenchArguments arguments, CancellationToken cancellationToken)
    {
        var sizes = arguments.Rows.Count > 0 ? arguments.Rows : arguments.Short ? [1_000, 3_000] : [10_000, 100_000, 1_000_000];
        await using var town = await DrainedTown.StartAsync(arguments, cancellationToken);
        Console.WriteLine($"{sizes.Max()} accounts are being made ...");
        await town.Town.BuildAsync(sizes.Max(), cancellationToken);

        var figures = new List<Backlog>();
        foreach (var rows in sizes.Order())
        {
            var runs = new List<(Run Run, double PeakMiB, PageTraffic Traffic)>();
            for (var i = 0; i < (arguments.Runs ?? (arguments.Short ? 1 : rows >= 1_000_000 ? 1 : 3)); i++)
            {
                await town.Town.ForgetAsync(cancellationToken);
                var peak = 0.0;
                var before = await PageTraffic.ReadAsync(town.Town, cancellationToken);
                var run = await town.DrainAsync(rows, processes: 1, cancellationToken, apps => peak = PeakMiB(apps[0].Process.ProcessId));
                var traffic = (await PageTraffic.ReadAsync(town.Town, cancellationToken)).Since(before, rows);
                runs.Add((run, peak, traffic));
                Console.WriteLine($"  {run}, peak {peak:0} MiB, {traffic}");
            }

            var median = runs.OrderBy(r => r.Run.RowsPerSecond).ElementAt(runs.Count / 2);
            figures.Add(new Backlog(rows, runs.Count, 1_000_000 / median.Run.RowsPerSecond, runs.Max(r => r.PeakMiB), median.Run, median.Traffic));
        }

        var table = new Table("backlog", "runs", "s", "us per row", "of the first", "peak MiB", "app us", "postgres us", "mysql us", "pg reads", "pg log bytes", "mysql reads", "mysql writes");
        foreach (var f in figures)
        {
            table.Add(
                $"{f.Rows:N0}", $"{f.Runs}", $"{f.Rows / f.Median.RowsPerSecond:0.0}", $"{f.MicrosecondsPerRow:0.0}", $"{f.MicrosecondsPerRow / figures[0].MicrosecondsPerRow:P0}",
                $"{f.PeakMiB:0}", $"{f.Median.AppMicroseconds:0.0}", $"{f.Median.PostgresMicroseconds:0.0}", $"{f.Median.MySqlMicroseconds:0.0}",
                $"{f.Traffic.PostgresReads:0.00}", $"{f.Traffic.PostgresLogBytes:0}", $"{f.Traffic.MySqlReads:0.00}", $"{f.Traffic.MySqlWrites:0.00}");
        }

        Console.WriteLine(table);
        Console.WriteLine(ResultFile.Write(arguments.ResultName("growth"), await Residence.VersionsAsync(town.Supabase, town.Kamailio, cancellationToken), figures));
    }

    // Peak resident set, proc(5).
    private static double PeakMiB(int processId) => double.Parse(
        File.ReadLines($"/proc/{processId}/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) / 1024;

    private sealed record Backlog(int Rows, int Runs, double MicrosecondsPerRow, double PeakMiB, Run Median, PageTraffic Traffic);
}
