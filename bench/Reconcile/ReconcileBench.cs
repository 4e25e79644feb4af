using System.Diagnostics;
using Neolia.Bench.Latency;
using Neolia.Bench.Reporting;
using Neolia.Bench.Towns;

namespace Neolia.Bench.Reconcile;

/// <summary>
/// What it costs to know that Kamailio's database is right, and to put right what is not: the published program's verb,
/// against both databases' own time for the checksums, and against a comparison row by row.
/// </summary>
internal static class ReconcileBench
{
    private const string Checksums = "limit: both databases' checksum queries";
    private const string Everything = "everything drifted, dry run";
    private const string Full = "full comparison, row by row";

    public static async Task RunAsync(BenchArguments arguments, CancellationToken cancellationToken)
    {
        var sizes = arguments.Rows.Count > 0 ? arguments.Rows : arguments.Short ? [2_000] : [100_000];
        var table = new Table("what", "accounts", "runs", "s", "slowest", "of the limit", "KiB to the app", "rows fetched", "peak MiB");
        var figures = new List<Figure>();
        foreach (var rows in sizes)
        {
            await using var town = await DrainedTown.StartAsync(arguments, cancellationToken);
            Console.WriteLine($"{rows} accounts are being made and brought to Kamailio ...");
            await town.Town.BuildAsync(rows, cancellationToken);
            await town.DrainAllAsync(cancellationToken);
            await town.Town.RequireAppliedAsync(rows, cancellationToken);
            figures.AddRange(await AtSizeAsync(town, rows, arguments, cancellationToken));
            var versions = await Residence.VersionsAsync(town.Supabase, town.Kamailio, cancellationToken);
            Console.WriteLine(ResultFile.Write(arguments.ResultName("reconcile"), versions, figures));
        }

        foreach (var f in figures)
        {
            var limit = figures.First(l => l.Name == Checksums && l.Accounts == f.Accounts);
            table.Add(
                f.Name, $"{f.Accounts:N0}", $"{f.Runs.Count}", $"{f.Median.Seconds:0.00}", $"{f.Runs.Max(r => r.Seconds):0.00}", $"{f.Median.Seconds / limit.Median.Seconds:P0}",
                f.Name == Checksums ? "" : $"{f.Median.Bytes / 1024.0:N1}", f.Name == Checksums ? "" : $"{f.Median.Rows:N0}", f.Median.PeakMiB > 0 ? $"{f.Runs.Max(r => r.PeakMiB):0}" : "");
        }

        Console.WriteLine(table);
    }

    private static async Task<IReadOnlyList<Figure>> AtSizeAsync(DrainedTown town, int rows, BenchArguments arguments, CancellationToken cancellationToken)
    {
        await using var wires = new Wires(town);
        await using var queries = new ChecksumQueries(town);
        var many = Math.Min(1_000, rows / 10);
        (string Name, Func<Task<ReconcileRun>> Measure)[] ways =
        [
            (Checksums, LimitAsync),
            ("no drift", () => ReconcileAsync(0)),
            ("1 account drifted, repaired", () => ReconcileAsync(1)),
            ($"{many:N0} accounts drifted, repaired", () => ReconcileAsync(many)),
            (Full, FullAsync),
        ];

        // In turn, so that whatever else the machine does meets all of them alike. One turn more that doesn't count: the
        // tables were just filled.
        var figures = ways.Select(w => new Figure(w.Name, rows, [])).ToList();
        var runs = arguments.Runs ?? (arguments.Short ? 1 : rows >= 1_000_000 ? 3 : 5);
        for (var run = arguments.Short ? 1 : 0; run <= runs; run++)
        {
            foreach (var (figure, way) in figures.Zip(ways).Take(run == 0 ? 1 : ways.Length))
            {
                var measured = await way.Measure();
                Console.WriteLine($"  {figure.Name}: {measured}");
                if (run > 0)
                    figure.Runs.Add(measured);
            }
        }

        await town.Town.RequireAppliedAsync(rows, cancellationToken);
        await DriftAsync(rows);
        figures.Add(new Figure(Everything, rows, [Require(rows, await ReconcileRun.MeasureAsync(town, wires, cancellationToken, "--dry-run"))]));
        Console.WriteLine($"  {figures[^1].Name}: {figures[^1].Runs[0]}");
        return figures;

        async Task<ReconcileRun> LimitAsync()
        {
            var (postgres, mySql) = await queries.TimeAsync(cancellationToken);
            Console.WriteLine($"  Postgres {postgres:0.00} s, MySQL {mySql:0.00} s");
            return new ReconcileRun(Math.Max(postgres, mySql), 0, 0, 0, 0);
        }

        async Task<ReconcileRun> ReconcileAsync(int drifted)
        {
            await DriftAsync(drifted);
            return Require(drifted, await ReconcileRun.MeasureAsync(town, wires, cancellationToken));
        }

        async Task<ReconcileRun> FullAsync()
        {
            wires.TakeBytes();
            var started = Stopwatch.GetTimestamp();
            var (differences, fetched) = await RowByRow.CompareAsync(wires.SupabaseLogin, wires.KamailioLogin, cancellationToken);
            return Require(0, new ReconcileRun(Stopwatch.GetElapsedTime(started).TotalSeconds, wires.TakeBytes(), fetched, differences, 0));
        }

        async Task DriftAsync(int accounts)
        {
            if (accounts == 0)
                return;
            await using var edit = town.Kamailio.CreateCommand($"update subscriber set ha1 = md5(concat(ha1, 'x')) order by id limit {accounts}");
            edit.CommandTimeout = 0;
            await edit.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>A figure of something that was not done right is none.</summary>
    private static ReconcileRun Require(int differences, ReconcileRun run) => run.Differences == differences
        ? run
        : throw new InvalidOperationException($"{differences} accounts had drifted; {run.Differences} were found.");

    private sealed record Figure(string Name, int Accounts, List<ReconcileRun> Runs)
    {
        public ReconcileRun Median => Runs.OrderBy(r => r.Seconds).ElementAt(Runs.Count / 2);
    }
}
