using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Applying;

namespace Neolia.Database.Tests.Draining;

/// <summary>I2: however late a stalled worker wakes up, it puts nothing older over something newer.</summary>
public sealed class FenceTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private DrainRig _rig = null!;
    private Worker _worker = null!;
    private Guid _unit;
    private Guid _account;

    private Dashboard Dashboard => _rig.Dashboard;

    public async ValueTask InitializeAsync()
    {
        _rig = await DrainRig.CreateAsync(supabase, mariaDb);
        _worker = _rig.NewWorker();
        _unit = await Dashboard.CreateUnitAsync();
        _account = await Dashboard.CreateAccountAsync(_unit, "panel401");
        await _worker.DrainAsync();
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Worker_stalled_between_read_and_apply_changes_nothing_after_a_newer_version()
    {
        await Dashboard.RekeyAsync(_account);
        var (turn, gate) = await _rig.StallAsync(gate => new Stalls { BeforeApply = gate });
        var newer = await Dashboard.RekeyAsync(_account);
        await _rig.ExpireLeasesAsync();
        await _worker.DrainAsync();

        gate.Open();

        Assert.Equal(Outcome.Superseded, Assert.Single((await turn).Results).Outcome);
        Assert.Equal(newer.Ha1, await _rig.MySql.ValueAsync("select ha1 from subscriber"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Deleted_account_is_not_resurrected_by_a_late_worker()
    {
        await Dashboard.RekeyAsync(_account);
        var (turn, gate) = await _rig.StallAsync(gate => new Stalls { BeforeApply = gate });
        await Dashboard.DeleteAsync(_account);
        await _rig.ExpireLeasesAsync();
        await _worker.DrainAsync();

        gate.Open();

        Assert.Equal(Outcome.Superseded, Assert.Single((await turn).Results).Outcome);
        Assert.Empty(await _rig.MySql.SubscriberNamesAsync());
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Superseded_worker_does_not_touch_the_row_of_a_still_newer_change()
    {
        await Dashboard.RekeyAsync(_account);
        var (turn, gate) = await _rig.StallAsync(gate => new Stalls { BeforeApply = gate });
        await Dashboard.RekeyAsync(_account);
        await _rig.ExpireLeasesAsync();
        await _worker.DrainAsync();
        await Dashboard.RenameAsync(_account, "panel402");
        var waiting = await _rig.Postgres.ValueAsync("select version, next_attempt_at, lease_id from kamailio_sync.queue");

        gate.Open();
        await turn;

        Assert.Equal(waiting, await _rig.Postgres.ValueAsync("select version, next_attempt_at, lease_id from kamailio_sync.queue"));
        await _worker.DrainAsync();
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Worker_stalled_between_apply_and_acknowledge_takes_no_newer_change_out_of_the_queue()
    {
        await Dashboard.RekeyAsync(_account);
        var (turn, gate) = await _rig.StallAsync(gate => new Stalls { BeforeAcknowledge = gate });
        await Dashboard.SetAsync(_account, "enabled = false");

        gate.Open();
        await turn;

        Assert.Equal("pending|1|(null)|0", await Dashboard.SyncStateAsync(_account));
        Assert.Single(await Dashboard.QueueAsync());
        await _worker.DrainAsync();
        Assert.Equal("disabled|1|(null)|0", await Dashboard.SyncStateAsync(_account));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Worker_stalled_between_apply_and_acknowledge_reports_nothing_after_another_finished()
    {
        await Dashboard.RekeyAsync(_account);
        var (turn, gate) = await _rig.StallAsync(gate => new Stalls { BeforeAcknowledge = gate });
        await Dashboard.SetAsync(_account, "enabled = false");
        await _rig.ExpireLeasesAsync();
        await _worker.DrainAsync();

        gate.Open();
        await turn;

        Assert.Equal("disabled|1|(null)|0", await Dashboard.SyncStateAsync(_account));
        await Convergence.AssertAsync(_rig);
    }

    [Theory]
    [InlineData("apply")]
    [InlineData("kick")]
    [InlineData("acknowledge")]
    public async Task Worker_whose_lease_ran_out_repeats_what_another_finished_without_effect(string step)
    {
        await Dashboard.RekeyAsync(_account);
        var (turn, gate) = await _rig.StallAsync(gate => step switch
        {
            "apply" => new Stalls { BeforeApply = gate },
            "kick" => new Stalls { BeforeKick = gate },
            _ => new Stalls { BeforeAcknowledge = gate },
        });
        await _rig.ExpireLeasesAsync();
        await _worker.DrainAsync();
        var state = await _rig.Postgres.ValueAsync("select * from sip_account_sync");
        var subscriber = await _rig.MySql.ValueAsync("select * from subscriber");

        gate.Open();
        await turn;

        Assert.Equal(state, await _rig.Postgres.ValueAsync("select * from sip_account_sync"));
        Assert.Equal(subscriber, await _rig.MySql.ValueAsync("select * from subscriber"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Worker_stalled_between_claim_and_read_leaves_out_what_another_took_over()
    {
        await Dashboard.RekeyAsync(_account);
        var (turn, gate) = await _rig.StallAsync(gate => new Stalls { BeforeRead = gate });
        await _rig.ExpireLeasesAsync();
        var (other, otherGate) = await _rig.StallAsync(gate => new Stalls { BeforeApply = gate });

        gate.Open();

        Assert.Empty((await turn).Results);
        Assert.Equal("1", await _rig.Postgres.ValueAsync("select (leased_until > now())::int from kamailio_sync.queue"));
        otherGate.Open();
        Assert.Equal(Outcome.Updated, Assert.Single((await other).Results).Outcome);
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Tombstone_of_a_deleted_account_stays()
    {
        await Dashboard.DeleteAsync(_account);
        await _worker.DrainAsync();

        var version = await _rig.Postgres.ValueAsync("select last_value from kamailio_sync.version");
        Assert.Equal($"1|{version}", await _rig.MySql.ValueAsync($"select deleted, version from neolia_account where account_id = '{_account}'"));
        Assert.Equal("panel401|(null)", await _rig.MySql.ValueAsync("select username, account_id from neolia_identity"));
    }
}
