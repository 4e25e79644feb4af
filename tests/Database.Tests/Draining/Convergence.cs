using System.Data.Common;

namespace Neolia.Database.Tests.Draining;

/// <summary>
/// Invariant I1, row by row over both databases: what Kamailio's holds is what Supabase's says, nothing waits, and the
/// states that people see are true.
/// </summary>
public static class Convergence
{
    /// <param name="rig">The two databases.</param>
    /// <param name="failed">Accounts that can't be synced, with their error code: exactly these have no subscriber.</param>
    public static async Task AssertAsync(DrainRig rig, params (Guid Account, string ErrorCode)[] failed)
    {
        var refused = failed.Length == 0 ? "'00000000-0000-0000-0000-000000000000'" : string.Join(", ", failed.Select(f => $"'{f.Account}'"));

        await SameAsync(
            rig,
            $"""
            select a.id, a.username, a.domain, '' as password, c.ha1, c.ha1b
            from sip_accounts a
            join kamailio_sync.credentials c on (c.account_id, c.username, c.domain, c.realm) = (a.id, a.username, a.domain, a.domain)
            where a.enabled and a.id not in ({refused})
            """,
            """
            select i.account_id, s.username, s.domain, s.password, s.ha1, s.ha1b
            from neolia_identity i join subscriber s using (username, domain)
            where i.account_id is not null
            """);

        // Every owner of a name is one of them; a name whose subscriber is missing would hide in the join above.
        await SameAsync(
            rig,
            $"select id, username, domain from sip_accounts where enabled and id not in ({refused})",
            "select account_id, username, domain from neolia_identity where account_id is not null");

        await SameAsync(
            rig,
            $"select id, unit_id, type, extension from sip_accounts where id not in ({refused})",
            $"select account_id, unit_id, type, extension from neolia_account where not deleted and account_id not in ({refused})");
        await SameAsync(
            rig,
            "select u.id, b.site_id, u.building_id, u.number from units u join buildings b on b.id = u.building_id",
            "select unit_id, site_id, building_id, number from neolia_unit where not deleted");
        await SameAsync(
            rig,
            """
            select unit_id, id, priority,
                   replace(replace(replace(replace(replace(source_pattern, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%'), '?', '_'),
                   action, target_sip_uri
            from call_rules where enabled
            """,
            "select unit_id, rule_id, priority, source_like, action, target_uri from neolia_call_rule");

        Assert.Empty(await rig.MySql.RowsAsync("""
            select 'a fence is ahead of the greatest version' from neolia_progress
            having max(version) < greatest((select coalesce(max(version), 0) from neolia_account), (select coalesce(max(version), 0) from neolia_unit))
            """));
        Assert.Empty(await rig.MySql.RowsAsync("select * from neolia_kick"));
        Assert.Empty(await rig.MySql.RowsAsync("select 'no digest', username from subscriber where ha1 not rlike '^[0-9a-f]{32}$' or ha1b not rlike '^[0-9a-f]{32}$'"));
        Assert.Empty(await rig.MySql.RowsAsync("select account_id from neolia_account where deleted and (unit_id is not null or type is not null or extension is not null)"));
        Assert.Empty(await rig.MySql.RowsAsync("""
            select 'unreachable by now', l.username from location l
            where not exists (select 1 from subscriber s where s.username = l.username and s.domain = l.domain)
            """));

        await AssertQueueAndStatesAsync(rig, failed);
    }

    private static async Task AssertQueueAndStatesAsync(DrainRig rig, (Guid Account, string ErrorCode)[] failed)
    {
        Assert.Equal(
            failed.Select(f => $"account|{f.Account}|1|1|1").Order(StringComparer.Ordinal),
            (await rig.Postgres.RowsAsync("""
                select kind, subject_id, next_attempt_at = 'infinity', lease_id is null, last_error is not null from kamailio_sync.queue
                """)).Order(StringComparer.Ordinal));

        await SameAsync(
            rig.Postgres, "select id, 'synced', null, null, 0, true from units",
            rig.Postgres, "select unit_id, state, error_code, last_error, attempts, synced_at is not null from unit_sync");

        var codes = failed.ToDictionary(f => f.Account.ToString(), f => f.ErrorCode);
        var expected = (await rig.Postgres.RowsAsync("""
            select a.id, a.enabled, c.issued_at is not null from sip_accounts a join kamailio_sync.credentials c on c.account_id = a.id
            """))
            .Select(row => row.Split('|'))
            .Select(account => codes.TryGetValue(account[0], out var code)
                ? $"{account[0]}|failed|{account[2]}|{code}|1|0"
                : $"{account[0]}|{(account[1] == "1" ? "synced" : "disabled")}|{account[2]}|(null)|0|1");
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            (await rig.Postgres.RowsAsync("""
                select account_id, state, has_credentials, error_code,
                       case when state = 'failed' then (attempts > 0)::int else attempts end, state = 'failed' or synced_at is not null
                from sip_account_sync
                """)).Select(row => row.Contains("|failed|", StringComparison.Ordinal) ? row[..^1] + "0" : row).Order(StringComparer.Ordinal));
    }

    private static Task SameAsync(DrainRig rig, string desired, string applied) => SameAsync(rig.Postgres, desired, rig.MySql, applied);

    private static async Task SameAsync(DbDataSource first, string desired, DbDataSource second, string applied) => Assert.Equal(
        (await first.RowsAsync(desired)).Order(StringComparer.Ordinal),
        (await second.RowsAsync(applied)).Order(StringComparer.Ordinal));
}
