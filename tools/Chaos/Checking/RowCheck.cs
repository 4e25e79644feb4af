using Neolia.Chaos.Arenas;
using Neolia.Chaos.Recording;

namespace Neolia.Chaos.Checking;

/// <summary>
/// When nothing waits any more: what both databases hold, row against row, from their own tables alone. Knows nothing of
/// queue, versions or history, so it also finds a change that was never queued.
/// </summary>
internal sealed class RowCheck(Arena arena)
{
    private const string Wanted = """
        select a.id, a.username, a.domain, a.enabled, a.unit_id::text, a.type, a.extension, c.ha1, c.ha1b, s.state, s.error_code
        from public.sip_accounts a
        join kamailio_sync.credentials c on c.account_id = a.id
        left join public.sip_account_sync s on s.account_id = a.id
        """;

    private const string WantedUnits = """
        select u.id::text, b.site_id::text, u.building_id::text, u.number, coalesce((
          select string_agg(concat_ws('|', r.id, r.priority, replace(r.source_pattern, '*', '%'), r.action), ',' order by r.id)
          from public.call_rules r where r.unit_id = u.id and r.enabled), '')
        from public.units u join public.buildings b on b.id = u.building_id
        """;

    private const string HeldUnits = """
        select u.unit_id, u.site_id, u.building_id, u.number, coalesce((
          select group_concat(concat_ws('|', r.rule_id, r.priority, r.source_like, r.action) order by r.rule_id separator ',')
          from neolia_call_rule r where r.unit_id = u.unit_id), '')
        from neolia_unit u where u.deleted = 0 and u.version > 0
        """;

    private readonly HashSet<string> _guestNames = [];
    private string? _guests;

    /// <summary>Rows that were compared.</summary>
    public long Compared { get; private set; }

    public async Task CheckAsync(Violations violations, CancellationToken cancellationToken)
    {
        await CheckGuestsAsync(violations, cancellationToken);
        await CheckAccountsAsync(violations, cancellationToken);
        await CheckUnitsAsync(violations, cancellationToken);
        await CheckContactsAsync(violations, cancellationToken);
    }

    private async Task CheckGuestsAsync(Violations violations, CancellationToken cancellationToken)
    {
        var rows = await arena.Kamailio.ReadAsync(
            "select username, concat_ws('|', id, username, domain, hex(password), ha1, ha1b) from subscriber where username like 'guest-%' order by id",
            row => (Name: row.GetString(0), Row: row.GetString(1)), cancellationToken);
        _guestNames.UnionWith(rows.Select(row => row.Name));
        var guests = string.Join('\n', rows.Select(row => row.Row));
        if ((_guests ??= guests) != guests)
            violations.Add(ViolationKind.GuestTouched, "the subscribers that were made by hand are not as they were");
    }

    private async Task CheckAccountsAsync(Violations violations, CancellationToken cancellationToken)
    {
        var wanted = await arena.Supabase.ReadAsync(Wanted, row => (
            Id: row.GetGuid(0),
            Account: new AccountState(row.GetString(1), row.GetString(2), row.GetBoolean(3), row.GetString(4), row.GetString(5), row.IsDBNull(6) ? null : row.GetString(6), row.GetString(7), row.GetString(8)),
            State: row.IsDBNull(9) ? "none" : row.GetString(9)), cancellationToken);
        var subscribers = (await arena.Kamailio.ReadAsync(
            "select username, domain, ha1, ha1b, password from subscriber where username not like 'guest-%'",
            row => (Name: $"{row.GetString(0)}@{row.GetString(1)}", Digests: (row.GetString(2), row.GetString(3), row.GetString(4))), cancellationToken))
            .ToDictionary(row => row.Name, row => row.Digests);
        var fences = (await arena.Kamailio.ReadAsync(
            "select account_id, unit_id, type, extension from neolia_account where deleted = 0 and version > 0",
            row => (Id: Guid.Parse(row.GetValue(0).ToString()!), Place: (row.GetValue(1).ToString(), row.GetValue(2).ToString(), row.IsDBNull(3) ? null : row.GetString(3))), cancellationToken))
            .ToDictionary(row => row.Id, row => row.Place);

        foreach (var (id, account, state) in wanted)
        {
            Compared++;
            var isGuests = account.Enabled && _guestNames.Contains(account.Username);
            if (account.Enabled && !isGuests && (!subscribers.Remove(account.Name, out var digests) || digests != (account.Ha1, account.Ha1b, "")))
                violations.Add(ViolationKind.Lost, $"{account.Name} of {id} is not in Kamailio's database as Supabase says");
            if (!fences.Remove(id, out var rest) || rest != (account.UnitId, account.Type, account.Extension))
                violations.Add(ViolationKind.Lost, $"unit, type or extension of {id} ({account.Name}) is not in Kamailio's database as Supabase says");
            var expected = isGuests ? "failed" : account.Enabled ? "synced" : "disabled";
            if (state != expected)
                violations.Add(ViolationKind.Lost, $"people are told that {account.Name} is {state}, and it is {expected}");
        }

        foreach (var name in subscribers.Keys)
            violations.Add(ViolationKind.Resurrected, $"{name} has a subscriber and no enabled account");
        foreach (var id in fences.Keys)
            violations.Add(ViolationKind.Resurrected, $"{id} is gone from Supabase, and Kamailio has no tombstone of it");
    }

    private async Task CheckUnitsAsync(Violations violations, CancellationToken cancellationToken)
    {
        var wanted = await arena.Supabase.ReadAsync(WantedUnits, UnitOf, cancellationToken);
        var held = (await arena.Kamailio.ReadAsync(HeldUnits, UnitOf, cancellationToken)).ToDictionary(unit => unit.Id, unit => unit.Place);
        foreach (var (id, place) in wanted)
        {
            Compared++;
            if (!held.Remove(id, out var there) || there != place)
                violations.Add(ViolationKind.Lost, $"unit {id} is not in Kamailio's database as Supabase says: {there} instead of {place}");
        }

        foreach (var id in held.Keys)
            violations.Add(ViolationKind.Resurrected, $"unit {id} is gone from Supabase and not from Kamailio's database");
    }

    private async Task CheckContactsAsync(Violations violations, CancellationToken cancellationToken)
    {
        var left = await arena.Kamailio.ReadAsync(
            """
            select l.ruid, l.username from location l
            left join subscriber s on s.username = l.username and s.domain = l.domain and s.ha1 = l.user_agent
            where s.id is null and l.ruid like 'chaos-%'
            """,
            row => $"{row.GetString(0)} of {row.GetString(1)}", cancellationToken);
        foreach (var contact in left)
            violations.Add(ViolationKind.ContactLeft, $"contact {contact} is there, and what let it in is not");
    }

    private static (string Id, (string, string, string, string) Place) UnitOf(System.Data.Common.DbDataReader row) =>
        (row.GetValue(0).ToString()!, (row.GetValue(1).ToString()!, row.GetValue(2).ToString()!, row.GetString(3), row.GetString(4)));
}
