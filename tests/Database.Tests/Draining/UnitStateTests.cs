using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Draining;

/// <summary><c>unit_sync</c> is kept by the rules of <c>sip_account_sync</c>: P2, P3.</summary>
public sealed class UnitStateTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
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
        _unit = await Dashboard.CreateUnitAsync();
        _other = await Dashboard.CreateUnitAsync("402");
        Assert.Equal("pending|(null)|0|0", await Dashboard.UnitStateAsync(_unit));
        await _worker.DrainAsync();
        Assert.Equal("synced|(null)|0|1", await Dashboard.UnitStateAsync(_unit));
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_change_of_rules_shows_until_it_is_applied()
    {
        await Dashboard.CreateRuleAsync(_unit, "intercom-*");
        Assert.Equal("pending|(null)|0|1", await Dashboard.UnitStateAsync(_unit));

        await _worker.DrainAsync();

        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task It_goes_with_its_unit()
    {
        await _rig.Postgres.ExecuteAsync($"delete from units where id = '{_unit}'");
        Assert.Null(await Dashboard.UnitStateAsync(_unit));

        await _worker.DrainAsync();

        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Late_report_of_a_failure_does_not_hide_a_newer_change()
    {
        await Dashboard.CreateForwardAsync(_unit, "sip:desk@pbx.example");
        var (turn, gate) = await _rig.StallAsync(gate => new Stalls { BeforeAcknowledge = gate });
        await _rig.Postgres.ExecuteAsync("delete from call_rules");

        gate.Open();
        await turn;

        Assert.Equal("pending|(null)|0|1", await Dashboard.UnitStateAsync(_unit));
        await _worker.DrainAsync();
        await Convergence.AssertAsync(_rig);
    }

    [Theory]
    [InlineData("delete from units where id = '{0}'")]
    [InlineData("update units set number = '499' where id = '{0}'")]
    [InlineData("update unit_sync set updated_at = now() where unit_id = '{0}'")]
    public async Task Open_transaction_of_a_user_holds_up_nobody(string change)
    {
        await Dashboard.CreateRuleAsync(_unit, "*");
        await Dashboard.CreateRuleAsync(_other, "*");
        OpenTransaction? user = null;
        var worker = _rig.NewWorker(new Stalls
        {
            BeforeAcknowledge = async () => user ??= await OpenTransaction.BeginAsync(_rig.Postgres, string.Format(null, change, _unit)),
        });

        await worker.TurnAsync();

        Assert.Equal("synced|(null)|0|1", await Dashboard.UnitStateAsync(_other));
        Assert.Equal([$"unit_rules|{_unit}"], await Dashboard.QueueAsync());
        await user!.CommitAsync();
        await user.DisposeAsync();
        await worker.DrainAsync();
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task An_outage_shows_and_passes()
    {
        await Dashboard.CreateRuleAsync(_unit, "*");
        await _rig.MySql.ExecuteAsync("rename table neolia_call_rule to hidden");
        await _worker.TurnAsync();
        Assert.Equal("retrying|kamailio_unreachable|0|1", await Dashboard.UnitStateAsync(_unit));

        await _rig.MySql.ExecuteAsync("rename table hidden to neolia_call_rule");
        await Until.TrueAsync("the unit is applied", async () =>
        {
            await _worker.DrainAsync();
            return (await Dashboard.QueueAsync()).Count == 0;
        });

        await Convergence.AssertAsync(_rig);
    }
}
