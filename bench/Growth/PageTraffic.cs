using Neolia.Bench.Towns;

namespace Neolia.Bench.Growth;

/// <summary>
/// What the servers moved per row: pages that were not in their memory, pages and logs that they wrote. It tells growth
/// that comes of too little memory from growth of the work itself.
/// </summary>
internal sealed record PageTraffic(double PostgresReads, double PostgresLogBytes, double MySqlReads, double MySqlWrites, double MySqlLogBytes)
{
    private const string ReadPostgres = """
        select (select sum(blks_read)::bigint from pg_stat_database), (pg_current_wal_lsn() - '0/0')::bigint
        """;

    private const string ReadMySql = """
        show global status where variable_name in ('Innodb_buffer_pool_reads', 'Innodb_pages_written', 'Innodb_os_log_written')
        """;

    /// <summary>Since the servers were started.</summary>
    public static async Task<PageTraffic> ReadAsync(Town town, CancellationToken cancellationToken)
    {
        var (reads, log) = (0L, 0L);
        await using (var postgres = town.Supabase.CreateCommand(ReadPostgres))
        {
            await using var row = await postgres.ExecuteReaderAsync(cancellationToken);
            await row.ReadAsync(cancellationToken);
            (reads, log) = (row.GetInt64(0), row.GetInt64(1));
        }

        var status = new Dictionary<string, double>(StringComparer.OrdinalIgnoreCase);
        await using var mySql = town.Kamailio.CreateCommand(ReadMySql);
        await using var variable = await mySql.ExecuteReaderAsync(cancellationToken);
        while (await variable.ReadAsync(cancellationToken))
            status[variable.GetString(0)] = double.Parse(variable.GetString(1), System.Globalization.CultureInfo.InvariantCulture);
        return new PageTraffic(reads, log, status["Innodb_buffer_pool_reads"], status["Innodb_pages_written"], status["Innodb_os_log_written"]);
    }

    public PageTraffic Since(PageTraffic before, int rows) => new(
        (PostgresReads - before.PostgresReads) / rows, (PostgresLogBytes - before.PostgresLogBytes) / rows,
        (MySqlReads - before.MySqlReads) / rows, (MySqlWrites - before.MySqlWrites) / rows, (MySqlLogBytes - before.MySqlLogBytes) / rows);
}
