using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Access;

/// <summary>Two users of one project: each sees and changes only what hangs under the own sites.</summary>
public sealed class RowLevelSecurityTests(ProjectFixture project) : IClassFixture<ProjectFixture>
{
    public static TheoryData<string> Tables =>
        ["sites", "buildings", "units", "sip_accounts", "call_rules", "intercom_activity_logs", "sip_account_enrolments", "sip_account_sync", "unit_sync"];

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task A_user_sees_the_own_rows_only(string table)
    {
        var (mine, _) = await TwoResidencesAsync();
        await using var dashboard = await project.UserAsync(mine.User);

        Assert.Equal(1, await dashboard.ScalarAsync<long>($"select count(*) from {table}"));
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task A_user_changes_and_deletes_no_row_of_another(string table)
    {
        var (mine, theirs) = await TwoResidencesAsync();
        await using var dashboard = await project.UserAsync(mine.User);
        await using var owner = await project.OwnerAsync();
        var before = await owner.RowsAsync($"select t::text from {table} t order by 1");
        var key = table switch { "sip_account_sync" => "account_id", "unit_sync" => "unit_id", _ => "id" };
        var id = table switch
        {
            "sites" => theirs.Site,
            "buildings" => theirs.Building,
            "units" or "unit_sync" => theirs.Unit,
            "sip_accounts" or "sip_account_sync" => theirs.Account,
            "sip_account_enrolments" => await owner.ScalarAsync<Guid>("select id from sip_account_enrolments where sip_account_id = $1", theirs.Account),
            _ => await owner.ScalarAsync<Guid>(
                table == "call_rules" ? "select id from call_rules where unit_id = $1" : "select id from intercom_activity_logs where unit_id = $1", theirs.Unit),
        };

        if (table == "sip_account_enrolments")
        {
            Assert.Equal(0, await dashboard.ExecuteAsync($"update {table} set revoked_at = now() where {key} = $1", id));
            Assert.Equal("42501", (await dashboard.RefusedAsync($"delete from {table} where {key} = $1", id)).SqlState);
        }
        else if (table.EndsWith("_sync", StringComparison.Ordinal))
        {
            Assert.Equal("42501", (await dashboard.RefusedAsync($"update {table} set state = 'synced' where {key} = $1", id)).SqlState);
            Assert.Equal("42501", (await dashboard.RefusedAsync($"delete from {table} where {key} = $1", id)).SqlState);
        }
        else
        {
            Assert.Equal(0, await dashboard.ExecuteAsync($"update {table} set created_at = now() where {key} = $1", id));
            Assert.Equal(0, await dashboard.ExecuteAsync($"delete from {table} where {key} = $1", id));
        }

        Assert.Equal(before, await owner.RowsAsync($"select t::text from {table} t order by 1"));
    }

    [Theory]
    [InlineData("insert into sites (name, user_id) values ('x', @user)")]
    [InlineData("insert into buildings (site_id, name) values (@site, 'x')")]
    [InlineData("insert into units (building_id, number) values (@building, 'x')")]
    [InlineData("insert into sip_accounts (unit_id, type) values (@unit, 'panel')")]
    [InlineData("insert into call_rules (unit_id, name, source_pattern, action) values (@unit, 'x', '*', 'ring')")]
    [InlineData("insert into intercom_activity_logs (site_id, action, message) values (@site, 'x', 'x')")]
    [InlineData("insert into intercom_activity_logs (action, message) values ('x', 'x')")]
    [InlineData("update sites set user_id = @user where id = @my_site")]
    [InlineData("update buildings set site_id = @site where id = @my_building")]
    [InlineData("update units set building_id = @building where id = @my_unit")]
    [InlineData("update sip_accounts set unit_id = @unit where id = @my_account")]
    [InlineData("update call_rules set unit_id = @unit where unit_id = @my_unit")]
    [InlineData("insert into sip_account_sync (account_id, unit_id) values (@my_account, @my_unit)")]
    [InlineData("insert into unit_sync (unit_id) values (@my_unit)")]
    [InlineData("insert into sip_account_enrolments (sip_account_id, expires_at) values (@my_account, now())")]
    public async Task A_user_puts_nothing_under_anothers_site(string statement)
    {
        var (mine, theirs) = await TwoResidencesAsync();
        await using var dashboard = await project.UserAsync(mine.User);

        var refused = await dashboard.RefusedAsync(statement
            .Replace("@my_site", $"'{mine.Site}'", StringComparison.Ordinal)
            .Replace("@my_building", $"'{mine.Building}'", StringComparison.Ordinal)
            .Replace("@my_unit", $"'{mine.Unit}'", StringComparison.Ordinal)
            .Replace("@my_account", $"'{mine.Account}'", StringComparison.Ordinal)
            .Replace("@user", $"'{theirs.User}'", StringComparison.Ordinal)
            .Replace("@site", $"'{theirs.Site}'", StringComparison.Ordinal)
            .Replace("@building", $"'{theirs.Building}'", StringComparison.Ordinal)
            .Replace("@unit", $"'{theirs.Unit}'", StringComparison.Ordinal));

        Assert.Equal("42501", refused.SqlState);
    }

    [Fact]
    public async Task A_log_without_a_site_is_shown_to_nobody()
    {
        var (mine, _) = await TwoResidencesAsync();
        await using var owner = await project.OwnerAsync();
        await owner.ExecuteAsync("insert into intercom_activity_logs (unit_id, action, message) values ($1, 'lost', 'x')", mine.Unit);
        await using var dashboard = await project.UserAsync(mine.User);

        Assert.Empty(await dashboard.RowsAsync("select * from intercom_activity_logs where action = 'lost'"));
    }

    [Fact]
    public async Task A_user_without_sites_and_a_caller_without_a_user_see_nothing()
    {
        await TwoResidencesAsync();
        await using var stranger = await project.UserAsync(await project.SignUpAsync());
        await using var nobody = await project.OwnerAsync();
        await nobody.ExecuteAsync("set role authenticated");

        foreach (var table in Tables)
        {
            Assert.Equal(0, await stranger.ScalarAsync<long>($"select count(*) from {table.Data}"));
            Assert.Equal(0, await nobody.ScalarAsync<long>($"select count(*) from {table.Data}"));
        }
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task Nobody_who_is_not_signed_in_gets_anything(string table)
    {
        await using var anon = await project.OwnerAsync();
        await anon.ExecuteAsync("set role anon");

        Assert.Equal("42501", (await anon.RefusedAsync($"select from {table}")).SqlState);
        Assert.Equal("42501", (await anon.RefusedAsync($"delete from {table}")).SqlState);
        Assert.Equal("42501", (await anon.RefusedAsync("select * from get_intercom_stats(null)")).SqlState);
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task A_user_cant_truncate_or_hang_a_trigger_on_a_table(string table)
    {
        await using var dashboard = await project.UserAsync(await project.SignUpAsync());

        Assert.Equal("42501", (await dashboard.RefusedAsync($"truncate {table} cascade")).SqlState);
        Assert.Equal(
            "False|False",
            Assert.Single(await dashboard.RowsAsync($"select has_table_privilege('{table}', 'trigger'), has_table_privilege('{table}', 'references')")));
    }

    [Theory]
    [InlineData("anon")]
    [InlineData("authenticated")]
    [InlineData("service_role")]
    public async Task No_dashboard_role_reaches_what_the_sync_works_with(string role)
    {
        await using var session = await project.OwnerAsync();
        await session.ExecuteAsync($"set role {role}");

        foreach (var statement in (string[])
            [
                "select * from kamailio_sync.credentials",
                "select * from kamailio_sync.queue",
                "select nextval('kamailio_sync.version')",
                "select kamailio_sync.mark('account', '{}')",
                "select kamailio_sync.mark_again('account', '{}')",
                "select kamailio_sync.post_doorbell('account', null)",
            ])
            Assert.Equal("42501", (await session.RefusedAsync(statement)).SqlState);
        Assert.Equal(0, await session.ScalarAsync<long>("""
            select count(*) from pg_class where relnamespace = 'kamailio_sync'::regnamespace and relkind in ('r', 'v', 'S')
              and (relkind <> 'S' and has_table_privilege(oid, 'select, insert, update, delete, truncate, references, trigger')
                or relkind = 'S' and has_sequence_privilege(oid, 'usage, select, update'))
            """));
        Assert.Equal(0, await session.ScalarAsync<long>("""
            select count(*) from pg_proc where pronamespace = 'kamailio_sync'::regnamespace and has_function_privilege(oid, 'execute')
            """));
    }

    /// <summary>Two users with the same; what other tests of this class left behind is gone.</summary>
    private async Task<(Residence Mine, Residence Theirs)> TwoResidencesAsync()
    {
        await using var owner = await project.OwnerAsync();
        await owner.ExecuteAsync("delete from intercom_activity_logs; delete from sites");
        var mine = await project.CreateResidenceAsync();
        var theirs = await project.CreateResidenceAsync();
        foreach (var home in (Residence[])[mine, theirs])
        {
            await using var dashboard = await project.UserAsync(home.User);
            await dashboard.ExecuteAsync("insert into call_rules (unit_id, name, source_pattern, action) values ($1, 'r', '*', 'ring')", home.Unit);
            await dashboard.ExecuteAsync("insert into intercom_activity_logs (site_id, unit_id, action, message) values ($1, $2, 'x', 'x')", home.Site, home.Unit);
            await owner.ExecuteAsync("insert into sip_account_enrolments (sip_account_id, expires_at) values ($1, now() + interval '1 hour')", home.Account);
        }

        return (mine, theirs);
    }
}
