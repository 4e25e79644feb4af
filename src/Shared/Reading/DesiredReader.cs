using Neolia.Functions.Claiming;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Reading;

/// <summary>What the model of the protocol stands in for.</summary>
internal interface IDesiredReader
{
    Task<IReadOnlyList<DesiredAccount>> ReadAccountsAsync(Lease lease, CancellationToken cancellationToken);

    Task<IReadOnlyList<DesiredUnit>> ReadUnitsAsync(Lease lease, CancellationToken cancellationToken);
}

/// <summary>
/// Reads what should be true now. State and version come from one plain statement, hence from one snapshot (rule P4):
/// pairing a version with a state of another moment would let an old state pass as new. A subject whose queue row is
/// gone, or leased by somebody else by now, is left out: it is theirs.
/// </summary>
public sealed class DesiredReader(SupabaseDatabase supabase) : IDesiredReader
{
    /// <summary>
    /// No column of Kamailio's holds as many characters. What is longer is cut here, and refused as too long where it
    /// would be written: whoever may write rows must not be able to fill this process' memory.
    /// </summary>
    private const int MaxTextLength = 600;

    // Each subject by itself, one after the other ("limit 1" and "offset 0" keep the planner from merging it into a join):
    // given the choice it reads all of the queue, or all accounts, for one batch of a long backlog, and the last of a
    // million then costs many times what the first one did. Its queue row is found where it was claimed, else by its key.
    private const string ReadAccounts = """
        select q.subject_id, q.version, a.unit_id, a.username, a.domain, a.type, left(a.extension, $3), a.enabled,
               c.ha1, c.ha1b, c.issued_at is not null, c.account_id is not null,
               (c.username, c.domain, c.realm) = (a.username, a.domain, a.domain)
        from unnest($1, $4::tid[]) s (id, claimed_at)
        cross join lateral (
          select q.subject_id, q.version from kamailio_sync.queue q
          where q.ctid = s.claimed_at and q.kind = 'account' and q.subject_id = s.id and q.lease_id = $2
          union all
          select q.subject_id, q.version from kamailio_sync.queue q
          where q.kind = 'account' and q.subject_id = s.id and q.lease_id = $2
          limit 1
        ) q
        left join lateral (select * from public.sip_accounts a where a.id = s.id offset 0) a on true
        left join lateral (select * from kamailio_sync.credentials c where c.account_id = s.id offset 0) c on true
        order by q.subject_id
        """;

    // A target counts only where the action uses one, and blanks around a text from before the checks count nowhere.
    private const string ReadUnits = """
        select q.subject_id, q.version, b.site_id, u.building_id, left(u.number, $3),
               r.id, left(btrim(r.source_pattern, E' \t\r\n'), $3), r.action,
               case when r.action in ('forward', 'voicemail') then left(nullif(btrim(r.target_sip_uri, E' \t\r\n'), ''), $3) end,
               r.priority
        from unnest($1, $4::tid[]) s (id, claimed_at)
        cross join lateral (
          select q.subject_id, q.version from kamailio_sync.queue q
          where q.ctid = s.claimed_at and q.kind = 'unit_rules' and q.subject_id = s.id and q.lease_id = $2
          union all
          select q.subject_id, q.version from kamailio_sync.queue q
          where q.kind = 'unit_rules' and q.subject_id = s.id and q.lease_id = $2
          limit 1
        ) q
        left join lateral (select * from public.units u where u.id = s.id offset 0) u on true
        left join lateral (select * from public.buildings b where b.id = u.building_id offset 0) b on true
        left join lateral (
          select * from public.call_rules r where r.unit_id = u.id and r.enabled order by r.id limit $5
        ) r on true
        order by q.subject_id
        """;

    public async Task<IReadOnlyList<DesiredAccount>> ReadAccountsAsync(Lease lease, CancellationToken cancellationToken)
    {
        var accounts = new List<DesiredAccount>();
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = Command(ReadAccounts, connection, lease, SubjectKind.Account);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            // An account takes its credentials along when it goes. With them it isn't gone, only hidden, and taking it
            // for deleted would cut its device off.
            if (row.IsDBNull(2) && row.GetBoolean(11))
                throw new HiddenAccountException();
            accounts.Add(new DesiredAccount(row.GetGuid(0), row.GetInt64(1), row.IsDBNull(2) ? null : AccountOf(row)));
        }

        return accounts;
    }

    public async Task<IReadOnlyList<DesiredUnit>> ReadUnitsAsync(Lease lease, CancellationToken cancellationToken)
    {
        var units = new List<DesiredUnit>();
        var rules = new List<CallRule>();
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = Command(ReadUnits, connection, lease, SubjectKind.UnitRules);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            var id = row.GetGuid(0);
            if (units.Count == 0 || units[^1].Id != id)
            {
                rules = [];
                var state = row.IsDBNull(3) ? null : new UnitState(row.GetGuid(2), row.GetGuid(3), row.GetString(4), rules);
                units.Add(new DesiredUnit(id, row.GetInt64(1), state));
            }

            if (!row.IsDBNull(5))
                rules.Add(new CallRule(row.GetGuid(5), row.GetString(6), row.GetString(7), row.IsDBNull(8) ? null : row.GetString(8), row.GetInt32(9)));
        }

        return units;
    }

    private static NpgsqlCommand Command(string sql, NpgsqlConnection connection, Lease lease, SubjectKind kind)
    {
        var command = new NpgsqlCommand(sql, connection);
        var subjects = lease.Subjects.Where(s => s.Kind == kind).ToList();
        command.AddIds(subjects.Select(s => s.Id));
        command.Parameters.Add(new() { Value = lease.Id, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = MaxTextLength, NpgsqlDbType = NpgsqlDbType.Integer });
        command.AddArray(subjects, lease.PlaceOf, NpgsqlDbType.Text);
        if (kind == SubjectKind.UnitRules)
            command.Parameters.Add(new() { Value = UnitState.MaxRules + 1, NpgsqlDbType = NpgsqlDbType.Integer });
        return command;
    }

    private static AccountState AccountOf(NpgsqlDataReader row) => new(
        UnitId: row.GetGuid(2),
        Name: new SipName(row.GetString(3), row.GetString(4)),
        Type: row.GetString(5),
        Extension: row.IsDBNull(6) ? null : row.GetString(6),
        Enabled: row.GetBoolean(7),
        Credentials: row.IsDBNull(12) || !row.GetBoolean(12) ? null : new AccountCredentials(row.GetString(8), row.GetString(9), row.GetBoolean(10)));
}
