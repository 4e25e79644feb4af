using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Draining;

/// <summary>
/// Rules that Supabase let in (from before its checks, or because only Kamailio's side knows) fail their unit alone, in
/// words for who set it up; the unit keeps what was applied before.
/// </summary>
public sealed class BadRuleTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private DrainRig _rig = null!;
    private Worker _worker = null!;
    private Guid _unit;
    private Guid _other;

    private Dashboard Dashboard => _rig.Dashboard;

    public async ValueTask InitializeAsync()
    {
        _rig = await DrainRig.CreateAsync(supabase, mariaDb);
        _worker = _rig.NewWorker();
        var building = await Dashboard.CreateBuildingAsync(await Dashboard.CreateSiteAsync());
        _unit = await Dashboard.CreateUnitAsync(building);
        _other = await Dashboard.CreateUnitAsync(building, "402");
        await Dashboard.CreateRuleAsync(_unit, "intercom-*");
        await _worker.DrainAsync();
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("'^intercom-.*$', 'ring', null", "pattern_is_expression")]
    [InlineData("'(a+)+$', 'ring', null", "pattern_is_expression")]
    [InlineData("repeat('a', 10000), 'ring', null", "pattern_too_long")]
    [InlineData("repeat('*', 256), 'ring', null", "pattern_too_long")]
    [InlineData("' ', 'ring', null", "rule_without_pattern")]
    [InlineData("'*', 'forward', null", "forward_without_target")]
    [InlineData("'*', 'forward', ' '", "forward_without_target")]
    [InlineData("'*', 'forward', 'concierge'", "target_malformed")]
    [InlineData("'*', 'forward', 'sip:a@' || repeat('a', 10000)", "target_malformed")]
    [InlineData("'*', 'voicemail', 'sip:a@h:65536'", "target_malformed")]
    [InlineData("'*', 'voicemail', 'sip:box@voice.example'", "target_not_allowed")]
    [InlineData("'*', 'forward', 'sip:x@SIP.neolia.app'", "target_malformed")]
    [InlineData("'*', 'forward', 'sip:x@sip.neolia.app:5070'", "target_not_allowed")]
    public async Task A_bad_rule_fails_its_unit_alone_and_the_rules_from_before_stay(string rule, string code)
    {
        await Dashboard.CreateLegacyRulesAsync(_unit, $"select {rule}");
        await Dashboard.CreateRuleAsync(_other, "panel*", "reject");

        await _worker.DrainAsync();

        Assert.Equal($"failed|{code}|1|1", await Dashboard.UnitStateAsync(_unit));
        Assert.Equal("synced|(null)|0|1", await Dashboard.UnitStateAsync(_other));
        Assert.Equal(["intercom-%|ring", "panel%|reject"], await _rig.MySql.RowsAsync("select source_like, action from neolia_call_rule order by 1"));
        Assert.Equal([$"unit_rules|{_unit}|1"], await _rig.Postgres.RowsAsync("select kind, subject_id, next_attempt_at = 'infinity' from kamailio_sync.queue"));
        Assert.InRange((await _rig.Postgres.ValueAsync($"select last_error from unit_sync where unit_id = '{_unit}'")).Length, 40, 400);
        if (code != "rule_without_pattern")
            Assert.Equal("1", await _rig.Postgres.ValueAsync("select strpos(intercom_explanation(error_code, 'fr', error_about), '« ' || left((select source_pattern from call_rules where unit_id = s.unit_id order by created_at desc limit 1), 80)) > 0 from unit_sync s where state = 'failed'"));
    }

    [Fact]
    public async Task A_unit_with_1000_rules_from_before_fails_alone()
    {
        await Dashboard.CreateLegacyRulesAsync(_unit, "select '*', 'ring', null from generate_series(1, 1000)");

        await _worker.DrainAsync();

        Assert.Equal("failed|too_many_rules|1|1", await Dashboard.UnitStateAsync(_unit));
        Assert.Equal(["intercom-%"], await _rig.MySql.RowsAsync("select source_like from neolia_call_rule"));
    }

    [Fact]
    public async Task A_unit_is_synced_when_its_bad_rule_is_put_right()
    {
        await Dashboard.CreateLegacyRulesAsync(_unit, "select '^a', 'reject', null");
        await _worker.DrainAsync();

        await _rig.Postgres.ExecuteAsync("update call_rules set source_pattern = 'a*' where action = 'reject'");
        Assert.Equal("pending|(null)|0|1", await Dashboard.UnitStateAsync(_unit));
        await _worker.DrainAsync();

        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task What_stands_beside_an_action_that_has_no_target_harms_nobody()
    {
        await Dashboard.CreateLegacyRulesAsync(_unit, "select ' mobile-* ', 'ring', 'not an address'");

        await _worker.DrainAsync();

        Assert.Equal("synced|(null)|0|1", await Dashboard.UnitStateAsync(_unit));
        Assert.Equal(["intercom-%|(null)", "mobile-%|(null)"], await _rig.MySql.RowsAsync("select source_like, target_uri from neolia_call_rule order by 1"));
    }

    [Theory]
    [InlineData("sip:desk@pbx.example:5080", "sip:desk@pbx.example:5080")]
    [InlineData("sip:desk@pbx.example:5080", "sip:pbx.example:5080")]
    [InlineData("sip:desk@pbx.example", "sip:pbx.example")]
    public async Task A_foreign_target_goes_through_once_the_operator_lists_it_and_somebody_asks_again(string target, string listed)
    {
        await Dashboard.CreateForwardAsync(_unit, target);
        await _worker.DrainAsync();
        Assert.Equal("failed|target_not_allowed|1|1", await Dashboard.UnitStateAsync(_unit));
        Assert.Contains(target, await _rig.Postgres.ValueAsync($"select last_error from unit_sync where unit_id = '{_unit}'"), StringComparison.Ordinal);

        await _rig.MySql.ExecuteAsync($"insert into neolia_forward_target (uri) values ('{listed}')");
        await _rig.Postgres.ExecuteAsync($"select kamailio_sync.mark_again('unit_rules', array['{_unit}'::uuid])");
        await _worker.DrainAsync();

        Assert.Equal([target], await _rig.MySql.RowsAsync("select target_uri from neolia_call_rule where action = 'forward'"));
        await Convergence.AssertAsync(_rig);
    }

    [Theory]
    [InlineData("sip:desk@pbx.example:5080")]
    [InlineData("sip:pbx.example:5080")]
    [InlineData("sip:Desk@pbx.example")]
    [InlineData("sip:example")]
    [InlineData("sip:%")]
    public async Task A_list_that_names_another_target_allows_nothing(string listed)
    {
        await _rig.MySql.ExecuteAsync($"insert into neolia_forward_target (uri) values ('{listed}')");
        await Dashboard.CreateForwardAsync(_unit, "sip:desk@pbx.example");

        await _worker.DrainAsync();

        Assert.Equal("failed|target_not_allowed|1|1", await Dashboard.UnitStateAsync(_unit));
    }

    [Theory]
    [InlineData("sip:concierge@sip.neolia.app")]
    [InlineData("sip:401@villas.neolia.app")]
    public async Task A_target_in_a_served_domain_needs_no_list(string target)
    {
        await Dashboard.CreateForwardAsync(_unit, target);

        await _worker.DrainAsync();

        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Without_the_operators_table_only_units_with_foreign_targets_wait()
    {
        await _rig.MySql.ExecuteAsync("drop table neolia_forward_target");
        await Dashboard.CreateForwardAsync(_unit, "sip:desk@pbx.example");
        await Dashboard.CreateForwardAsync(_other, "sip:concierge@sip.neolia.app");

        var report = await _worker.TurnAsync();

        Assert.False(report.Outage);
        Assert.Equal("retrying|forward_targets_unreadable|1|1", await Dashboard.UnitStateAsync(_unit));
        Assert.Equal("synced|(null)|0|1", await Dashboard.UnitStateAsync(_other));
    }
}
