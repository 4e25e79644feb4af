using Npgsql;

namespace Neolia.Bench.Towns;

/// <summary>A row that the drain brings to Kamailio, as the rivals get it: read before their clock starts.</summary>
internal sealed record TownAccount(string Id, string UnitId, string Type, string Username, string Domain, string Ha1, string Ha1b)
{
    // In key order, as the drain's own writes: the kindest order for MySQL's clustered index.
    private const string ReadAccounts = """
        select a.id::text, a.unit_id::text, a.type, a.username, a.domain, c.ha1, c.ha1b
        from (select * from public.sip_accounts order by username limit $1) a
        join kamailio_sync.credentials c on c.account_id = a.id
        order by a.id
        """;

    public static async Task<IReadOnlyList<TownAccount>> ReadAsync(Town town, int accounts, CancellationToken cancellationToken)
    {
        var all = new List<TownAccount>(accounts);
        await using var command = town.Supabase.CreateCommand(ReadAccounts);
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter { Value = accounts });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            all.Add(new TownAccount(
                row.GetString(0), row.GetString(1), string.Intern(row.GetString(2)), row.GetString(3), string.Intern(row.GetString(4)),
                row.GetString(5), row.GetString(6)));
        }

        return all;
    }
}
