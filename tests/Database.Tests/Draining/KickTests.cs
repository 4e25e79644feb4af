using System.Diagnostics;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Draining;

/// <summary>Rule M4 and I7: what was deleted, disabled, renamed or re-keyed has no reachable contact once it is synced.</summary>
public sealed class KickTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
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
        await Dashboard.CreateAccountAsync(_unit, "neighbour");
        await _worker.DrainAsync();
        await _rig.MySql.RegisterAsync("panel401");
        await _rig.MySql.RegisterAsync("neighbour");
        await _rig.MySql.RegisterAsync("guest");
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("update sip_accounts set enabled = false")]
    [InlineData("update sip_accounts set username = 'panel402'")]
    [InlineData("update sip_accounts set domain = 'villas.neolia.app'")]
    [InlineData("update sip_accounts set domain = 'elsewhere.example'")]
    [InlineData("delete from sip_accounts")]
    [InlineData("update kamailio_sync.credentials set ha1 = md5('1'), ha1b = md5('2'), issued_at = now()")]
    public async Task Contacts_are_gone_before_anything_is_acknowledged(string change)
    {
        await _rig.Postgres.ExecuteAsync($"{change} where {(change.Contains("credentials", StringComparison.Ordinal) ? "account_id" : "id")} = '{_account}'");
        var (turn, gate) = await _rig.StallAsync(gate => new Stalls { BeforeAcknowledge = gate });

        Assert.Equal(["guest", "neighbour"], await _rig.MySql.ContactsAsync());
        Assert.Single(await Dashboard.QueueAsync());

        gate.Open();
        await turn;
        Assert.Empty(await _rig.MySql.RowsAsync("select * from neolia_kick"));
    }

    [Fact]
    public async Task Device_stays_registered_when_its_account_changes_otherwise()
    {
        await Dashboard.SetAsync(_account, "extension = '7', type = 'mobile'");
        await _worker.DrainAsync();
        await Dashboard.MarkAgainAsync(_account);
        await _worker.DrainAsync();

        Assert.Equal(["guest", "neighbour", "panel401"], await _rig.MySql.ContactsAsync());
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("rename")]
    [InlineData("re-key")]
    public async Task Worker_after_one_that_died_between_commit_and_kick_kicks_before_it_acknowledges(string change)
    {
        await ChangeAsync(change);
        var dying = _rig.NewWorker(new Stalls { BeforeKick = () => throw new OperationCanceledException("killed") });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(dying.TurnAsync);
        Assert.Contains("panel401", await _rig.MySql.ContactsAsync());
        Assert.Single(await Dashboard.QueueAsync());
        await _rig.ExpireLeasesAsync();

        var (turn, gate) = await _rig.StallAsync(gate => new Stalls { BeforeAcknowledge = gate });

        Assert.DoesNotContain("panel401", await _rig.MySql.ContactsAsync());
        Assert.Single(await Dashboard.QueueAsync());
        gate.Open();
        await turn;
        await _rig.MySql.ExecuteAsync("delete from location where username = 'guest'");
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Kick_that_fails_keeps_the_change_in_the_queue()
    {
        await Dashboard.DeleteAsync(_account);
        await _rig.NewWorker(new Stalls { BeforeKick = () => throw new IOException("connection reset") }).TurnAsync();

        Assert.Contains("panel401", await _rig.MySql.ContactsAsync());
        Assert.Single(await Dashboard.QueueAsync());
        await Until.TrueAsync("the contact is gone", async () =>
        {
            await _worker.DrainAsync();
            return !(await _rig.MySql.ContactsAsync()).Contains("panel401");
        });
    }

    [Fact]
    public async Task Change_that_marks_a_name_again_during_a_kick_is_kicked_too()
    {
        // The kick's delete of the old contact stands still inside MySQL, its mark locked, until the test lets it go.
        await _rig.MySql.ExecuteAsync("""
            create trigger hold before delete on location for each row
            begin
              declare held int;
              set held = get_lock('kick', 10);
              do release_lock('kick');
            end
            """);
        await using var holder = await OpenTransaction.BeginAsync(_rig.MySql, "do get_lock('kick', 10)");
        await Dashboard.RekeyAsync(_account);
        var first = _rig.NewWorker().TurnAsync();
        await _rig.WorkerInUserLockAsync();

        // The device has come back with the second password when that is replaced, too.
        await Dashboard.RekeyAsync(_account);
        await _rig.ExpireLeasesAsync();
        var (second, gate) = await _rig.StallAsync(gate => new Stalls { BeforeApply = gate });
        await _rig.MySql.RegisterAsync("panel401");
        gate.Open();
        await _rig.WaiterForRowLockAsync();
        await holder.ExecuteAsync("do release_lock('kick')");
        await Task.WhenAll(first, second);

        await _worker.DrainAsync();
        await _rig.MySql.ExecuteAsync("delete from location where username = 'guest'");
        Assert.Equal(["neighbour"], await _rig.MySql.ContactsAsync());
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Contact_that_somebody_holds_locked_stops_only_its_own_account()
    {
        var other = await Dashboard.CreateAccountAsync(_unit, "panel402");
        await _worker.DrainAsync();
        await _rig.MySql.RegisterAsync("panel402");
        await using var held = await OpenTransaction.BeginAsync(_rig.MySql, "select * from location where username = 'panel401' for update");
        await Dashboard.SetAsync(_account, "enabled = false");
        await Dashboard.SetAsync(other, "enabled = false");
        var added = await Dashboard.CreateAccountAsync(_unit, "added");

        var started = Stopwatch.GetTimestamp();
        await _worker.TurnAsync();

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(6));
        Assert.Equal(["guest", "neighbour", "panel401"], await _rig.MySql.ContactsAsync());
        Assert.Equal("synced|0|(null)|0", await Dashboard.SyncStateAsync(added));
        Assert.Equal("disabled|0|(null)|0", await Dashboard.SyncStateAsync(other));
        Assert.Equal("retrying|0|kamailio_busy|1", await Dashboard.SyncStateAsync(_account));

        await held.RollbackAsync();
        await Until.TrueAsync("the contact is gone", async () =>
        {
            await _worker.DrainAsync();
            return await Dashboard.SyncStateAsync(_account) == "disabled|0|(null)|0";
        });
        Assert.Equal(["guest", "neighbour"], await _rig.MySql.ContactsAsync());
    }

    private Task ChangeAsync(string change) => change switch
    {
        "delete" => Dashboard.DeleteAsync(_account),
        "rename" => Dashboard.RenameAsync(_account, "panel499"),
        _ => Dashboard.RekeyAsync(_account),
    };
}
