using System.Text.Json;
using Neolia.LocalStack.Supabase;
using Npgsql;

namespace Neolia.Bench.Dashboard;

/// <summary>
/// How Postgres goes about what the dashboard asks for, as the signed-in user: in the statements' shape that PostgREST
/// gives them. A plan that is compiled each time is a failure, and so is one by key that reads one of the large tables whole.
/// </summary>
internal static class QueryPlans
{
    private static readonly (string Name, string Sql)[] Queries =
    [
        ("sites with counts", """
            select s.*, b.counted, u.counted, a.counted
            from sites s
            left join lateral (select json_agg(c) as counted from (select count(*) from buildings b where b.site_id = s.id) c) b on true
            left join lateral (select json_agg(c) as counted from (select count(*) from units(s) u) c) u on true
            left join lateral (select json_agg(c) as counted from (select count(*) from sip_accounts(s) a) c) a on true
            order by s.name, s.id limit 1000
            """),
        ("buildings of a site", "select * from buildings where site_id = '{site}' order by name, id limit 1000"),
        ("units of a building with accounts and sync", $$"""
            select u.*, e.embedded
            from units u
            left join lateral (select json_agg(a) as embedded from ({{AccountsWithSync("sip_accounts")}} where a.unit_id = u.id) a) e on true
            where u.building_id = '{building}'
            order by u.created_at, u.id limit 1000
            """),
        ("accounts of a unit with sync", AccountsWithSync("sip_accounts") + " where a.unit_id = '{unit}' order by a.created_at, a.id limit 1000"),
        ("log of a site", "select * from intercom_activity_logs where site_id = '{site}' order by created_at desc, id limit 20"),
        ("log of a unit", "select * from intercom_activity_logs where unit_id = '{unit}' order by created_at desc, id limit 20"),
        ("all accounts with sync, a page", AccountsWithSync("own_sip_accounts(0, 1000)") + " order by a.created_at, a.id limit 1000"),
    ];

    // Reading a hundred pages whole is cheaper than looking up a hundred rows: sites and buildings are such tables.
    private const double FewRows = 25_000;

    private const string ReadExample = """
        select s.id, b.id, u.id
        from public.sites s join public.buildings b on b.site_id = s.id join public.units u on u.building_id = b.id
        where s.user_id = $1 order by s.id, u.number limit 1
        """;

    /// <summary>Pages that each query looks at, in memory or on the disk.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> ReadAsync(SupabaseProject project, Guid user, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(project.SuperuserConnectionString + ";Pooling=false;Command Timeout=0");
        await connection.OpenAsync(cancellationToken);
        var (site, building, unit) = await ReadExampleAsync(connection, user, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var asUser = new NpgsqlCommand(
            $$"""set local role authenticated; set local request.jwt.claims = '{"sub": "{{user}}", "role": "authenticated"}'""", connection, transaction))
        {
            await asUser.ExecuteNonQueryAsync(cancellationToken);
        }

        // Inside a function EXPLAIN doesn't look.
        var newest = (await BodyAsync("latest_activity(integer)")).Replace("p_limit", "20", StringComparison.Ordinal);
        var pages = new Dictionary<string, long>();
        foreach (var (name, sql) in Queries.Append(("log of all sites", newest)))
        {
            pages[name] = await ExplainAsync(connection, name, sql.Replace("{site}", $"{site}", StringComparison.Ordinal)
                .Replace("{building}", $"{building}", StringComparison.Ordinal).Replace("{unit}", $"{unit}", StringComparison.Ordinal), cancellationToken);
        }

        // This one runs with its owner's rights.
        await using (var asOwner = new NpgsqlCommand("reset role", connection))
            await asOwner.ExecuteNonQueryAsync(cancellationToken);
        pages["get_intercom_stats"] = await ExplainAsync(connection, "get_intercom_stats", await BodyAsync("get_intercom_stats(uuid)"), cancellationToken);
        return pages;

        async Task<string> BodyAsync(string function)
        {
            await using var body = new NpgsqlCommand($"select prosrc from pg_proc where oid = 'public.{function}'::regprocedure", connection);
            return (string)(await body.ExecuteScalarAsync(cancellationToken))!;
        }
    }

    private static string AccountsWithSync(string accounts) => $"""
        select a.*, s.embedded
        from {accounts} a left join lateral (select row_to_json(v) as embedded from sync(a) v) s on true
        """;

    private static async Task<long> ExplainAsync(NpgsqlConnection connection, string name, string query, CancellationToken cancellationToken)
    {
        await using var explain = new NpgsqlCommand($"explain (analyze, buffers, format json) {query}", connection);
        using var answer = JsonDocument.Parse((string)(await explain.ExecuteScalarAsync(cancellationToken))!);
        var plan = answer.RootElement[0].GetProperty("Plan");
        if (answer.RootElement[0].TryGetProperty("JIT", out var compiled))
            throw new InvalidOperationException($"Postgres compiles '{name}', which takes longer than to answer:\n{compiled}\n{plan}");
        if (FindWholeRead(plan) is { } table)
            throw new InvalidOperationException($"'{name}' reads all of {table}:\n{plan}");
        return plan.GetProperty("Shared Hit Blocks").GetInt64() + plan.GetProperty("Shared Read Blocks").GetInt64();
    }

    private static string? FindWholeRead(JsonElement node)
    {
        if (node.GetProperty("Node Type").GetString() == "Seq Scan" && RowsOf(node) > FewRows)
            return node.GetProperty("Relation Name").GetString();
        return node.TryGetProperty("Plans", out var parts) ? parts.EnumerateArray().Select(FindWholeRead).FirstOrDefault(table => table is not null) : null;
    }

    private static double RowsOf(JsonElement scan) => scan.GetProperty("Actual Loops").GetDouble()
        * (scan.GetProperty("Actual Rows").GetDouble() + (scan.TryGetProperty("Rows Removed by Filter", out var removed) ? removed.GetDouble() : 0));

    private static async Task<(Guid Site, Guid Building, Guid Unit)> ReadExampleAsync(NpgsqlConnection connection, Guid user, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ReadExample, connection);
        command.Parameters.Add(new() { Value = user });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetGuid(0), row.GetGuid(1), row.GetGuid(2));
    }
}
