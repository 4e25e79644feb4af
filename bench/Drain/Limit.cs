using System.Text;
using MySqlConnector;
using Neolia.Bench.Towns;

namespace Neolia.Bench.Drain;

/// <summary>
/// The most that MySQL takes of the same rows in the same three tables, with nothing else done: no queue, no read, no
/// fence looked at, no acknowledge, and Postgres idle. The values stand in the text as literals, which is the cheapest
/// way for both ends (they are hex digits, uuids and names that need no quoting).
/// </summary>
internal static class Limit
{
    private const int RowsInTransaction = 1_000;

    /// <summary>Multi-row upserts of 1,000 in a transaction.</summary>
    public static Task UpsertsAsync(Town town, IReadOnlyList<TownAccount> accounts, int connections, CancellationToken cancellationToken) =>
        Task.WhenAll(Shares(accounts, connections).Select(share => Task.Run(() => UpsertAsync(town, share, cancellationToken), cancellationToken)));

    /// <summary><c>LOAD DATA LOCAL</c>, one statement a table.</summary>
    public static Task LoadDataAsync(Town town, IReadOnlyList<TownAccount> accounts, int connections, CancellationToken cancellationToken) =>
        Task.WhenAll(Shares(accounts, connections).Select(share => Task.Run(() => LoadAsync(town, share, cancellationToken), cancellationToken)));

    private static IEnumerable<ArraySegment<TownAccount>> Shares(IReadOnlyList<TownAccount> accounts, int shares)
    {
        var all = accounts.ToArray();
        var size = (all.Length + shares - 1) / shares;
        return Enumerable.Range(0, shares).Select(i => new ArraySegment<TownAccount>(all, i * size, Math.Min(size, all.Length - i * size)));
    }

    private static async Task UpsertAsync(Town town, IEnumerable<TownAccount> accounts, CancellationToken cancellationToken)
    {
        await using var connection = await town.Kamailio.OpenConnectionAsync(cancellationToken);
        foreach (var chunk in accounts.Chunk(RowsInTransaction))
        {
            var sql = new StringBuilder("start transaction;\n");
            Upsert(sql, "neolia_account (account_id, version, unit_id, type, deleted, applied_at)", chunk,
                a => $"('{a.Id}', 1, '{a.UnitId}', '{a.Type}', 0, now(6))", "version = values(version), unit_id = values(unit_id), type = values(type), deleted = 0, applied_at = values(applied_at)");
            Upsert(sql, "neolia_identity (domain, username, account_id, version)", chunk,
                a => $"('{a.Domain}', '{a.Username}', '{a.Id}', 1)", "account_id = values(account_id), version = values(version)");
            Upsert(sql, "subscriber (username, domain, password, ha1, ha1b)", chunk,
                a => $"('{a.Username}', '{a.Domain}', '', '{a.Ha1}', '{a.Ha1b}')", "ha1 = values(ha1), ha1b = values(ha1b)");
            await using var command = new MySqlCommand(sql.Append("commit").ToString(), connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static void Upsert(StringBuilder sql, string table, TownAccount[] rows, Func<TownAccount, string> values, string update)
    {
        sql.Append("insert into ").Append(table).Append(" values ");
        for (var i = 0; i < rows.Length; i++)
            sql.Append(i == 0 ? "" : ", ").Append(values(rows[i]));
        sql.Append(" on duplicate key update ").Append(update).Append(";\n");
    }

    private static async Task LoadAsync(Town town, IReadOnlyCollection<TownAccount> accounts, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(town.Stack.KamailioDatabase.RootConnectionString + ";AllowLoadLocalInfile=true");
        await connection.OpenAsync(cancellationToken);
        await LoadAsync(connection, "neolia_account", ["account_id", "version", "unit_id", "type"], accounts, a => $"{a.Id}\t1\t{a.UnitId}\t{a.Type}\n", cancellationToken);
        await LoadAsync(connection, "neolia_identity", ["domain", "username", "account_id", "version"], accounts, a => $"{a.Domain}\t{a.Username}\t{a.Id}\t1\n", cancellationToken);
        await LoadAsync(connection, "subscriber", ["username", "domain", "ha1", "ha1b"], accounts, a => $"{a.Username}\t{a.Domain}\t{a.Ha1}\t{a.Ha1b}\n", cancellationToken);
    }

    private static async Task LoadAsync(
        MySqlConnection connection, string table, string[] columns, IReadOnlyCollection<TownAccount> accounts, Func<TownAccount, string> line, CancellationToken cancellationToken)
    {
        var loader = new MySqlBulkLoader(connection)
        {
            TableName = table,
            FieldTerminator = "\t",
            LineTerminator = "\n",
            Local = true,
            CharacterSet = "utf8mb4",
            Timeout = 0,
            SourceStream = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(accounts.Select(line)))),
        };
        loader.Columns.AddRange(columns);
        if (await loader.LoadAsync(cancellationToken) != accounts.Count)
            throw new InvalidOperationException($"LOAD DATA left rows out of {table}.");
    }
}
