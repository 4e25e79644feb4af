using MySqlConnector;
using Neolia.Bench.Towns;
using Npgsql;

namespace Neolia.Bench.Reconcile;

/// <summary>
/// The rival: all accounts with all that matters from both databases, in the order of their ids, compared side by side.
/// Kamailio's rows of units and rules are left out, in its favour.
/// </summary>
internal static class RowByRow
{
    private const string Desired = """
        select a.id::text, a.unit_id::text, a.type, a.extension, a.username, a.domain, c.ha1, c.ha1b
        from public.sip_accounts a
        left join kamailio_sync.credentials c on (c.account_id, c.username, c.domain, c.realm) = (a.id, a.username, a.domain, a.domain)
        where a.enabled
        order by a.id
        """;

    private const string Applied = """
        select f.account_id, f.unit_id, f.type, f.extension, s.username, s.domain, s.ha1, s.ha1b
        from neolia_account f
        left join neolia_identity i on i.account_id = f.account_id
        left join subscriber s on s.username = i.username and s.domain = i.domain
        where not f.deleted
        order by f.account_id
        """;

    /// <summary>Answers how many accounts differ, and how many rows were fetched.</summary>
    public static async Task<(int Differences, long Rows)> CompareAsync(string supabase, string kamailio, CancellationToken cancellationToken)
    {
        await using var postgres = new NpgsqlConnection(supabase + ";Pooling=false;Command Timeout=0");
        await using var mySql = new MySqlConnection(kamailio + ";Pooling=false;Default Command Timeout=0;GuidFormat=None");
        await postgres.OpenAsync(cancellationToken);
        await mySql.OpenAsync(cancellationToken);
        await using (var patient = new NpgsqlCommand("set statement_timeout = 0", postgres))
            await patient.ExecuteNonQueryAsync(cancellationToken);
        await using var wanted = new NpgsqlCommand(Desired, postgres);
        await using var there = new MySqlCommand(Applied, mySql);
        var starting = (Left: wanted.ExecuteReaderAsync(cancellationToken), Right: there.ExecuteReaderAsync(cancellationToken));
        await using var left = await starting.Left;
        await using var right = await starting.Right;

        var (differences, rows) = (0, 0L);
        var (hasLeft, hasRight) = (await left.ReadAsync(cancellationToken), await right.ReadAsync(cancellationToken));
        while (hasLeft || hasRight)
        {
            var order = !hasRight ? -1 : !hasLeft ? 1 : string.CompareOrdinal(left.GetString(0), right.GetString(0));
            if (order != 0 || Enumerable.Range(1, 7).Any(i => left.IsDBNull(i) != right.IsDBNull(i) || (!left.IsDBNull(i) && left.GetString(i) != right.GetString(i))))
                differences++;
            rows += order == 0 ? 2 : 1;
            hasLeft = order <= 0 ? await left.ReadAsync(cancellationToken) : hasLeft;
            hasRight = order >= 0 ? await right.ReadAsync(cancellationToken) : hasRight;
        }

        return (differences, rows);
    }
}
