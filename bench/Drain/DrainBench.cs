using Neolia.Bench.Latency;
using Neolia.Bench.Reporting;
using Neolia.Bench.Towns;

namespace Neolia.Bench.Drain;

/// <summary>
/// Changes that wait in the queue to applied and acknowledged, by the published app, against other ways to bring the
/// same rows to the same server, all in one run. Both databases write to the disk at every commit.
/// </summary>
internal static class DrainBench
{
    private const int OldWayRows = 500;
    private const int KamctlRows = 100;
    private const int PreparedRows = 5_000;

    public static async Task RunAsync(BenchArguments arguments, CancellationToken cancellationToken)
    {
        var sizes = arguments.Rows.Count > 0 ? arguments.Rows : arguments.Short ? [1_000] : [1_000, 100_000];
        await using var drained = await DrainedTown.StartAsync(arguments, cancellationToken);
        var town = drained.Town;
        Console.WriteLine($"{sizes.Max()} accounts are being made ...");
        await town.BuildAsync(sizes.Max(), cancellationToken);

        var ways = new List<Way>();
        foreach (var rows in sizes.Order())
        {
            ways.AddRange(await AtSizeAsync(drained, rows, arguments, cancellationToken));
            await WriteAsync();
        }

        if (ways.Count > 0 && sizes.Max() >= KamctlRows)
            ways.AddRange(await OneByOneAsync(town, arguments, cancellationToken));

        var table = new Table("way", "rows", "runs", "rows/s", "slowest", "fastest", "of the limit", "app us", "postgres us", "mysql us");
        foreach (var way in ways)
        {
            var limit = ways.FirstOrDefault(w => w.Rows == way.Rows && w.Name == UpsertsBy(1)) ?? ways.Last(w => w.Name == UpsertsBy(1));
            table.Add(
                way.Name, $"{way.Rows:N0}", $"{way.Runs.Count}", $"{way.Median:N0}", $"{way.Runs.Min(r => r.RowsPerSecond):N0}", $"{way.Runs.Max(r => r.RowsPerSecond):N0}",
                $"{way.Median / limit.Median:P0}", $"{way.Of(r => r.AppMicroseconds):0.0}", $"{way.Of(r => r.PostgresMicroseconds):0.0}", $"{way.Of(r => r.MySqlMicroseconds):0.0}");
        }

        Console.WriteLine(table);
        Console.WriteLine(await WriteAsync());

        // After each size: a million takes long enough to be ended before it is over.
        async Task<string> WriteAsync() =>
            ResultFile.Write(arguments.ResultName("drain"), await Residence.VersionsAsync(drained.Supabase, drained.Kamailio, cancellationToken), ways);
    }

    private static string UpsertsBy(int connections) => $"limit: upserts of 1,000, {Times(connections, "connection")}";

    private static string Times(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private static async Task<IEnumerable<Way>> AtSizeAsync(DrainedTown drained, int rows, BenchArguments arguments, CancellationToken cancellationToken)
    {
        var town = drained.Town;
        var runs = arguments.Runs ?? (arguments.Short ? 1 : rows >= 1_000_000 ? 3 : 5);
        Console.WriteLine($"{rows} rows, {Times(runs, "run")} ...");
        var accounts = await TownAccount.ReadAsync(town, rows, cancellationToken);
        var measures = new List<(string Name, Func<Task<Run>> Measure)>();
        foreach (var n in arguments.Short ? [1] : new[] { 1, 2 })
        {
            measures.Add(($"drain, {n} process{(n == 1 ? "" : "es")}", () => DrainAsync(drained, rows, n, cancellationToken)));
            measures.Add((UpsertsBy(n), () => TimeAsync(town, rows, () => Limit.UpsertsAsync(town, accounts, n, cancellationToken), cancellationToken)));
            measures.Add(($"limit: LOAD DATA, {Times(n, "connection")}", () => TimeAsync(town, rows, () => Limit.LoadDataAsync(town, accounts, n, cancellationToken), cancellationToken)));
        }

        // In turn, so that whatever else the machine does meets all of them alike.
        var ways = measures.Select(m => new Way(m.Name, rows, [])).ToList();
        for (var run = 0; run < runs; run++)
        {
            foreach (var (way, measure) in ways.Zip(measures))
            {
                way.Runs.Add(await measure.Measure());
                Console.WriteLine($"  {way.Name}: {way.Runs[^1]}");
            }
        }

        return ways;
    }

    private static async Task<Run> DrainAsync(DrainedTown drained, int rows, int processes, CancellationToken cancellationToken)
    {
        await drained.Town.ForgetAsync(cancellationToken);
        return await drained.DrainAsync(rows, processes, cancellationToken);
    }

    private static async Task<Run> TimeAsync(Town town, int rows, Func<Task> write, CancellationToken cancellationToken)
    {
        await town.ForgetKamailioAsync(cancellationToken);
        var meter = new Meter(town, []);
        await write();
        var run = meter.Stop(rows);
        await town.RequireAppliedAsync(rows, cancellationToken);
        return run;
    }

    private static async Task<IReadOnlyList<Way>> OneByOneAsync(Town town, BenchArguments arguments, CancellationToken cancellationToken)
    {
        var runs = arguments.Runs ?? (arguments.Short ? 1 : 5);
        var accounts = await TownAccount.ReadAsync(town, PreparedRows, cancellationToken);
        return
        [
            await MeasureAsync("old edge function: a connection a row", OldWayRows, SingleRows.OldEdgeFunctionAsync),
            await MeasureAsync("kamctl add", KamctlRows, SingleRows.KamctlAsync),
            await MeasureAsync("prepared upserts, one by one", PreparedRows, SingleRows.PreparedUpsertsAsync),
        ];

        async Task<Way> MeasureAsync(string name, int most, Func<Town, IEnumerable<TownAccount>, CancellationToken, Task> write)
        {
            var share = accounts.Take(arguments.Short ? most / 10 : most).ToList();
            var way = new Way(name, share.Count, []);
            for (var run = 0; run < runs; run++)
            {
                await town.ForgetKamailioAsync(cancellationToken);
                var meter = new Meter(town, []);
                await write(town, share, cancellationToken);
                way.Runs.Add(meter.Stop(share.Count));
                if (await CountSubscribersAsync(town, cancellationToken) != share.Count)
                    throw new InvalidOperationException($"{name}: not every row became a subscriber.");
            }

            Console.WriteLine($"  {way.Name}: {way.Median:N0} rows/s");
            return way;
        }
    }

    private static async Task<long> CountSubscribersAsync(Town town, CancellationToken cancellationToken)
    {
        await using var count = town.Kamailio.CreateCommand("select count(*) from subscriber");
        return (long)(await count.ExecuteScalarAsync(cancellationToken))!;
    }

    private sealed record Way(string Name, int Rows, List<Run> Runs)
    {
        public double Median => Of(r => r.RowsPerSecond);

        /// <summary>The median of a figure.</summary>
        public double Of(Func<Run, double> figure) => Runs.Select(figure).Order().ElementAt(Runs.Count / 2);
    }
}
