using System.Diagnostics;
using Neolia.Bench.Latency;
using Neolia.Bench.Reporting;
using Neolia.Bench.Towns;

namespace Neolia.Bench.Bulk;

/// <summary>
/// Bulk changes as users make them, one statement each, with everything running: what the statement costs, triggers
/// included, how often the doorbell rings, and when Kamailio has all of it.
/// </summary>
internal static class BulkBench
{
    private const string Import = """
        insert into public.sip_accounts (unit_id, username, type)
        select flat.id, 'import' || row_number() over (), 'panel'
        from (select u.id from public.units u join public.buildings b on b.id = u.building_id where b.site_id <> $2) flat, generate_series(1, 1000)
        limit $1
        """;

    private const string ImportForOneSite = """
        insert into public.sip_accounts (unit_id, type)
        select flat.id, 'mobile'
        from (select u.id from public.units u join public.buildings b on b.id = u.building_id where b.site_id = $2) flat, generate_series(1, 1000)
        limit $1
        """;

    private const string Rekey = """
        update kamailio_sync.credentials
        set ha1 = md5('a' || account_id), ha1b = md5('b' || account_id), issued_at = now(), updated_at = now()
        """;

    private const string CountRings = "select last_value - 1 + is_called::int from net.http_request_queue_id_seq";

    public static async Task RunAsync(BenchArguments arguments, CancellationToken cancellationToken)
    {
        var rows = arguments.Rows.Count > 0 ? arguments.Rows[0] : arguments.Short ? 2_000 : 100_000;
        await using var town = await DrainedTown.StartAsync(arguments, cancellationToken);
        await town.Town.BuildAsync(1_000, cancellationToken);
        var app = await town.Stack.StartAppAsync(cancellationToken);
        await town.Town.WaitUntilDrainedAsync(Stopwatch.GetTimestamp(), cancellationToken);
        var site = await town.Town.ReadAsync<Guid>("select id from public.sites order by id limit 1", cancellationToken);

        var bulks = new List<Bulk>();
        await MeasureAsync("import of accounts", rows, Import, rows, site);
        await MeasureAsync("import with names made from the flat", rows / 10, ImportForOneSite, rows / 10, site);
        await MeasureAsync("re-key of everything", await CountAsync("kamailio_sync.credentials"), Rekey);
        var before = await CountAsync("public.sip_accounts");
        var gone = await town.Town.ReadAsync<long>(
            "select count(*) from public.sip_accounts a join public.units u on u.id = a.unit_id join public.buildings b on b.id = u.building_id where b.site_id = $1", cancellationToken, site);
        await MeasureAsync("deletion of a site", gone, "delete from public.sites where id = $1", site);
        await app.KillAsync(cancellationToken);
        await town.Town.RequireAppliedAsync((int)(before - gone), cancellationToken);

        var table = new Table("one statement", "accounts", "statement s", "us per row", "doorbells", "drained after s", "rows/s");
        foreach (var b in bulks)
            table.Add(b.Name, $"{b.Rows:N0}", $"{b.StatementSeconds:0.00}", $"{b.StatementSeconds * 1e6 / b.Rows:0.0}", $"{b.Doorbells}", $"{b.DrainedSeconds:0.00}", $"{b.Rows / b.DrainedSeconds:N0}");
        Console.WriteLine(table);
        Console.WriteLine(ResultFile.Write(arguments.ResultName("bulk"), await Residence.VersionsAsync(town.Supabase, town.Kamailio, cancellationToken), bulks));

        async Task MeasureAsync(string name, long accounts, string sql, params object[] values)
        {
            var rung = await town.Town.ReadAsync<long>(CountRings, cancellationToken);
            var started = Stopwatch.GetTimestamp();
            await town.Town.ExecuteAsync(sql, cancellationToken, values);
            var statement = Stopwatch.GetElapsedTime(started);
            var drained = await town.Town.WaitUntilDrainedAsync(Stopwatch.GetTimestamp(), cancellationToken);
            rung = await town.Town.ReadAsync<long>(CountRings, cancellationToken) - rung;
            bulks.Add(new Bulk(name, accounts, statement.TotalSeconds, rung, drained.TotalSeconds));
            if (rung != 1)
                throw new InvalidOperationException($"{name}: the doorbell rang {rung} times for one statement.");
        }

        Task<long> CountAsync(string table) => town.Town.ReadAsync<long>($"select count(*) from {table}", cancellationToken);
    }

    private sealed record Bulk(string Name, long Rows, double StatementSeconds, long Doorbells, double DrainedSeconds);
}
