using System.Data.Common;
using Neolia.Chaos.Arenas;

namespace Neolia.Chaos.Recording;

/// <summary>Takes what the triggers in both databases wrote down. Only while nothing changes: nothing may slip in between.</summary>
internal sealed class Recorder(Arena arena)
{
    public async Task<Recording> TakeAsync(CancellationToken cancellationToken)
    {
        var accounts = new Dictionary<(Guid, long), AccountState?>();
        var units = new Dictionary<(Guid, long), UnitState?>();
        var drawn = new Dictionary<Guid, long>();
        var wentBack = new List<WentBack>();
        await arena.Supabase.ReadAsync(
            """
            select kind = 'account', subject_id, version, username, domain, enabled, unit_id::text, type, extension, ha1, ha1b,
              site_id::text, building_id::text, number
            from chaos.drawn order by seq
            """,
            row =>
            {
                var (subject, version) = (row.GetGuid(1), row.GetInt64(2));
                if (row.GetBoolean(0))
                    accounts[(subject, version)] = AccountOf(row);
                else
                    units[(subject, version)] = UnitOf(row);
                if (drawn.TryGetValue(subject, out var before) && before > version)
                    wentBack.Add(new WentBack(subject, version, before));
                drawn[subject] = version;
                return version;
            },
            cancellationToken);
        var finished = await arena.Supabase.ReadAsync(
            "select kind = 'account', subject_id, version, at at time zone 'utc' from chaos.finished order by seq",
            row => new Finished(row.GetBoolean(0), row.GetGuid(1), row.GetInt64(2), row.GetDateTime(3)), cancellationToken);
        var seen = await arena.Kamailio.ReadAsync(
            "select seq, at, kind, op, subject, version, a, b, c, d, e from chaos_history order by seq",
            row => new Seen(
                row.GetInt64(0), row.GetDateTime(1), row.GetString(2)[0], row.GetString(3)[0], row.GetString(4), row.GetInt64(5),
                Text(row, 6), Text(row, 7), Text(row, 8), Text(row, 9), Text(row, 10)),
            cancellationToken);
        var operations = await arena.Supabase.ReadAsync(
            "select id, kind, changes from chaos.operation", row => (Id: row.GetInt64(0), Kind: row.GetString(1), Changes: row.GetInt32(2)), cancellationToken);

        await arena.Supabase.ExecuteAsync("truncate chaos.drawn, chaos.finished, chaos.operation", cancellationToken);
        if (seen.Count > 0)
            await arena.Kamailio.ExecuteAsync("delete from chaos_history where seq <= ?", cancellationToken, seen[^1].Seq);
        return new Recording(accounts, units, wentBack, finished, seen, operations.ToDictionary(o => o.Id, o => (o.Kind, o.Changes)));
    }

    private static AccountState? AccountOf(DbDataReader row) => row.IsDBNull(3)
        ? null
        : new AccountState(row.GetString(3), row.GetString(4), row.GetBoolean(5), row.GetString(6), row.GetString(7), Text(row, 8), row.GetString(9), row.GetString(10));

    private static UnitState? UnitOf(DbDataReader row) =>
        row.IsDBNull(11) ? null : new UnitState(row.GetString(11), row.GetString(12), row.GetString(13));

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
