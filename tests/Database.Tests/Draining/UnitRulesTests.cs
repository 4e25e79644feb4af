using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Applying;

namespace Neolia.Database.Tests.Draining;

public sealed class UnitRulesTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private DrainRig _rig = null!;
    private Worker _worker = null!;
    private Guid _building;
    private Guid _unit;

    private Dashboard Dashboard => _rig.Dashboard;

    public async ValueTask InitializeAsync()
    {
        _rig = await DrainRig.CreateAsync(supabase, mariaDb);
        _worker = _rig.NewWorker();
        _building = await Dashboard.CreateBuildingAsync(await Dashboard.CreateSiteAsync());
        _unit = await Dashboard.CreateUnitAsync(_building);
        await Dashboard.CreateRuleAsync(_unit, "intercom-*", priority: 10);
        await Dashboard.CreateRuleAsync(_unit, "100%_?*", "reject");
        await _worker.DrainAsync();
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Rules_arrive_with_their_unit_and_their_globs_as_like_patterns()
    {
        Assert.Equal(
            [@"10|intercom-%|ring", @"0|100\%\__%|reject"],
            await _rig.MySql.RowsAsync("select priority, source_like, action from neolia_call_rule order by priority desc"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Rules_are_replaced_as_a_set()
    {
        await _rig.Postgres.ExecuteAsync("""
            update call_rules set enabled = false where action = 'reject';
            update call_rules set action = 'forward', target_sip_uri = 'sip:concierge@sip.neolia.app' where action = 'ring';
            """);
        await Dashboard.CreateRuleAsync(_unit, "mobile-*", "voicemail", -1);

        await _worker.DrainAsync();

        Assert.Equal(
            ["forward|sip:concierge@sip.neolia.app", "voicemail|(null)"],
            await _rig.MySql.RowsAsync("select action, target_uri from neolia_call_rule order by priority desc"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Rule_that_moves_leaves_one_unit_and_comes_to_the_other()
    {
        var other = await Dashboard.CreateUnitAsync(_building, "402");
        await _worker.DrainAsync();

        await _rig.Postgres.ExecuteAsync($"update call_rules set unit_id = '{other}' where action = 'reject'");
        Assert.Equal(2, (await Dashboard.QueueAsync()).Count);
        await _worker.DrainAsync();

        Assert.Equal($"{other}", await _rig.MySql.ValueAsync("select unit_id from neolia_call_rule where action = 'reject'"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Deleted_unit_leaves_a_tombstone_and_no_rules()
    {
        await _rig.Postgres.ExecuteAsync("delete from units");

        Assert.Equal(Outcome.Removed, Assert.Single(await _worker.DrainAsync()).Outcome);

        Assert.Empty(await _rig.MySql.RowsAsync("select * from neolia_call_rule"));
        Assert.Equal($"{_unit}|1|(null)|(null)|(null)", await _rig.MySql.ValueAsync("select unit_id, deleted, site_id, building_id, number from neolia_unit"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Units_of_a_building_that_moves_follow_to_the_new_site()
    {
        await Dashboard.CreateUnitAsync(_building, "402");
        await _worker.DrainAsync();
        var site = await Dashboard.CreateSiteAsync();

        await _rig.Postgres.ExecuteAsync($"update buildings set site_id = '{site}'");
        await _worker.DrainAsync();

        Assert.Equal([$"{site}", $"{site}"], await _rig.MySql.RowsAsync("select site_id from neolia_unit"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Unit_that_moves_or_changes_its_number_is_found_under_the_new_one()
    {
        var building = await Dashboard.CreateBuildingAsync(await Dashboard.CreateSiteAsync());

        await _rig.Postgres.ExecuteAsync($"update units set building_id = '{building}', number = '12é'");
        await _worker.DrainAsync();

        Assert.Equal($"{building}|12é", await _rig.MySql.ValueAsync("select building_id, number from neolia_unit"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Stalled_worker_brings_back_neither_old_rules_nor_a_deleted_unit()
    {
        await _rig.Postgres.ExecuteAsync("update call_rules set priority = 5");
        var (turn, gate) = await _rig.StallAsync(gate => new Stalls { BeforeApply = gate });
        await _rig.Postgres.ExecuteAsync("delete from units");
        await _rig.ExpireLeasesAsync();
        await _worker.DrainAsync();

        gate.Open();

        Assert.Equal(Outcome.Superseded, Assert.Single((await turn).Results).Outcome);
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Units_with_more_rules_than_a_statement_holds_get_them_all()
    {
        await _rig.Postgres.ExecuteAsync($"insert into units (building_id, number) select '{_building}', 'n' || i from generate_series(1, 12) i");
        await _rig.Postgres.ExecuteAsync("insert into call_rules (unit_id, name, source_pattern, action) select u.id, 'r', 'p-' || i, 'ring' from units u, generate_series(1, 100) i where u.number like 'n%'");

        await _worker.DrainAsync();

        Assert.Equal("1202", await _rig.MySql.ValueAsync("select count(*) from neolia_call_rule"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Flat_with_more_rules_than_a_call_can_weigh_keeps_those_it_had_and_says_why()
    {
        await Dashboard.CreateLegacyRulesAsync(_unit, "select 'x*', 'ring', null from generate_series(1, 101)");

        await _worker.DrainAsync();

        Assert.Equal("2", await _rig.MySql.ValueAsync("select count(*) from neolia_call_rule"));
        Assert.StartsWith("The flat has more than 100 enabled call rules.", await _rig.Postgres.ValueAsync("select last_error from kamailio_sync.queue"), StringComparison.Ordinal);
    }
}
