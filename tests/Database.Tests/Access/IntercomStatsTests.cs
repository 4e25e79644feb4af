using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Access;

public sealed class IntercomStatsTests(ProjectFixture project) : IClassFixture<ProjectFixture>
{
    private const string Stats = """
        select sites_total, sites_online, sites_partial, sites_offline, buildings_total, units_total, sip_accounts_total, sip_accounts_registered
        from get_intercom_stats($1)
        """;

    [Fact]
    public async Task Counts_the_callers_rows()
    {
        var home = await project.CreateResidenceAsync();
        await project.CreateResidenceAsync();
        await using var dashboard = await project.UserAsync(home.User);
        await dashboard.ExecuteAsync("update sites set status = 'online' where id = $1", home.Site);
        await dashboard.ExecuteAsync("insert into sites (name, status) values ('b', 'partial'), ('c', 'offline'), ('d', 'offline')");
        await dashboard.ExecuteAsync("insert into units (building_id, number) values ($1, '402')", home.Building);
        await dashboard.ExecuteAsync("insert into sip_accounts (unit_id, type, registered) values ($1, 'mobile', true), ($1, 'station', false)", home.Unit);

        Assert.Equal(["4|1|1|2|1|2|3|1"], await dashboard.RowsAsync(Stats, home.User));
    }

    [Fact]
    public async Task Answers_for_the_caller_whatever_id_is_passed()
    {
        var home = await project.CreateResidenceAsync();
        await using var stranger = await project.UserAsync(await project.SignUpAsync());

        Assert.Equal(["0|0|0|0|0|0|0|0"], await stranger.RowsAsync(Stats, home.User));
        Assert.Equal(["0"], await stranger.RowsAsync("select sites_total from get_intercom_stats()"));
    }

    [Fact]
    public async Task Starts_from_the_callers_sites()
    {
        await using var owner = await project.OwnerAsync();
        await owner.ExecuteAsync("""
            insert into auth.users (id) select gen_random_uuid() from generate_series(1, 1000);
            insert into sites (name, user_id) select 's', id from auth.users;
            insert into buildings (site_id, name) select id, 'b' from sites;
            insert into units (building_id, number) select b.id, n from buildings b, generate_series(1, 10) n;
            insert into sip_accounts (unit_id, type) select id, 'panel' from units;
            analyze sites; analyze buildings; analyze units; analyze sip_accounts
            """);
        var body = await owner.ScalarAsync<string>("select prosrc from pg_proc where proname = 'get_intercom_stats'");

        var plan = await owner.RowsAsync("explain " + body);

        Assert.DoesNotContain(plan, line => line.Contains("Seq Scan", StringComparison.Ordinal));
    }
}
