using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Checking;

namespace Neolia.Database.Tests.Access;

/// <summary>Row level security costs a few index look-ups per row, whatever the size of the tables.</summary>
public sealed class PolicyPlanTests(ProjectFixture project) : IClassFixture<ProjectFixture>
{
    [Fact]
    public async Task What_the_dashboard_asks_for_by_key_scans_no_table()
    {
        var home = await project.CreateResidenceAsync();
        await using var owner = await project.OwnerAsync();
        await owner.ExecuteAsync("""
            insert into auth.users (id) select gen_random_uuid() from generate_series(1, 1000);
            insert into sites (name, user_id) select 's', id from auth.users;
            insert into buildings (site_id, name) select id, 'b' from sites;
            insert into units (building_id, number) select b.id, n from buildings b, generate_series(1, 10) n;
            insert into sip_accounts (unit_id, type) select id, 'panel' from units;
            insert into call_rules (unit_id, name, source_pattern, action) select id, 'r', '*', 'ring' from units;
            insert into intercom_activity_logs (site_id, action, message) select id, 'x', 'x' from sites;
            analyze sites; analyze buildings; analyze units; analyze sip_accounts; analyze call_rules;
            analyze intercom_activity_logs; analyze sip_account_sync; analyze unit_sync
            """);
        await using var dashboard = await project.UserAsync(home.User);
        var unitsOfASite = await OfASiteAsync("units");
        var accountsOfASite = await OfASiteAsync("sip_accounts");
        var newestOfASite = $"select * from intercom_activity_logs where site_id = '{home.Site}' order by created_at desc, id limit 50";
        var newestOfAll = await BodyAsync("latest_activity(integer)");

        foreach (var query in (string[])
            [
                "select * from sites",
                $"select * from buildings where site_id = '{home.Site}'",
                $"select * from units where building_id = '{home.Building}'",
                $"select * from sip_accounts where unit_id = '{home.Unit}'",
                $"select * from sip_accounts where id = '{home.Account}'",
                $"select * from call_rules where unit_id = '{home.Unit}'",
                $"select * from intercom_activity_logs where site_id = '{home.Site}'",
                newestOfASite,
                newestOfAll.Replace("p_limit", "20", StringComparison.Ordinal),
                $"select * from intercom_activity_logs where unit_id = '{home.Unit}' order by created_at desc, id limit 50",
                $"select * from intercom_activity_logs where sip_account_id = '{home.Account}' order by created_at desc, id limit 50",
                $"select * from sip_account_sync_view where account_id = '{home.Account}'",
                $"select * from sip_account_sync_view where unit_id = '{home.Unit}'",
                // select('*, sync(*)') on the accounts of a flat.
                $"""
                select a.*, s.embedded
                from sip_accounts a
                left join lateral (select row_to_json(v) as embedded from sync(a) v) s on true
                where a.unit_id = '{home.Unit}'
                """,
                $"select * from sip_account_sync where account_id = '{home.Account}'",
                $"select * from sip_account_sync where unit_id = '{home.Unit}'",
                // As PostgREST asks for select('*, buildings(count), units(count), sip_accounts(count)') and select('*, sip_accounts(*)').
                """
                select s.*, b.counted, u.counted, a.counted
                from sites s
                left join lateral (select json_agg(c) as counted from (select count(*) from buildings b where b.site_id = s.id) c) b on true
                left join lateral (select json_agg(c) as counted from (select count(*) from units(s) u) c) u on true
                left join lateral (select json_agg(c) as counted from (select count(*) from sip_accounts(s) a) c) a on true
                """,
                $"""
                select u.*, a.embedded
                from units u
                left join lateral (select json_agg(a) as embedded from sip_accounts a where a.unit_id = u.id) a on true
                where u.building_id = '{home.Building}'
                """,
                $"select * from unit_sync where unit_id = '{home.Unit}'",
                $"select * from sip_account_enrolments where sip_account_id = '{home.Account}' order by created_at desc",
                $"update sip_account_enrolments set revoked_at = now() where id = '{home.Account}'",
                unitsOfASite.Replace("$1.id", $"'{home.Site}'", StringComparison.Ordinal),
                accountsOfASite.Replace("$1.id", $"'{home.Site}'", StringComparison.Ordinal),
                $"update sip_accounts set enabled = false where id = '{home.Account}'",
                $"delete from sip_accounts where id = '{home.Account}'",
            ])
        {
            AssertNoScan(query, await dashboard.RowsAsync("explain " + query));
        }

        // A year of one site's log is not sorted for the newest fifty.
        var newest = await dashboard.RowsAsync("explain " + newestOfASite);
        Assert.False(newest.Exists(line => line.Contains("Sort", StringComparison.Ordinal)), string.Join('\n', newest));

        // These run with their owner's rights, the caller spelled out.
        foreach (var function in (string[])["own_units(integer, integer)", "own_sip_accounts(integer, integer)"])
        {
            var body = (await BodyAsync(function)).Replace("auth.uid()", $"'{home.User}'::uuid", StringComparison.Ordinal)
                .Replace("p_offset", "0", StringComparison.Ordinal).Replace("p_limit", "1000", StringComparison.Ordinal);
            AssertNoScan(function, await owner.RowsAsync("explain " + body));
        }

        // What check_status counts for a user.
        await using var app = await project.AppAsync();
        AssertNoScan("check_status", await app.RowsAsync("explain " + WaitingForPeople.CountOfUser.Replace("$1", $"'{home.User}'", StringComparison.Ordinal)));

        static void AssertNoScan(string query, List<string> plan) =>
            Assert.False(plan.Exists(line => line.Contains("Seq Scan", StringComparison.Ordinal)), query + "\n" + string.Join('\n', plan));

        Task<string> OfASiteAsync(string table) => BodyAsync($"{table}(public.sites)");

        // Inside a function EXPLAIN doesn't look.
        Task<string> BodyAsync(string function) => owner.ScalarAsync<string>($"select prosrc from pg_proc where oid = 'public.{function}'::regprocedure");
    }
}
