using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Draining;

/// <summary>I3: subscribers that the project did not make stay byte-identical, whatever happens beside them.</summary>
public sealed class GuestTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private DrainRig _rig = null!;
    private Worker _worker = null!;
    private Guid _unit;
    private List<string> _guests = [];

    private Dashboard Dashboard => _rig.Dashboard;

    public async ValueTask InitializeAsync()
    {
        _rig = await DrainRig.CreateAsync(supabase, mariaDb);
        _worker = _rig.NewWorker();
        _unit = await Dashboard.CreateUnitAsync();
        foreach (var guest in (string[])["testuser", "Unit401", "unit402 ", "panel101"])
            await _rig.MySql.AddGuestAsync(guest);
        _guests = await _rig.MySql.GuestsAsync();
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("testuser")]
    [InlineData("unit401")]
    [InlineData("unit402")]
    public async Task Account_under_a_guests_name_fails_and_the_others_go_through(string name)
    {
        var account = await Dashboard.CreateAccountAsync(_unit, name);
        await Dashboard.CreateAccountAsync(_unit, "panel401");

        await _worker.DrainAsync();

        Assert.Equal("failed|0|name_in_use|1", await Dashboard.SyncStateAsync(account));
        Assert.StartsWith("Name in use: ", await _rig.Postgres.ValueAsync($"select last_error from sip_account_sync where account_id = '{account}'"), StringComparison.Ordinal);
        Assert.Equal(_guests, await _rig.MySql.GuestsAsync());
        await Convergence.AssertAsync(_rig, (account, "name_in_use"));
    }

    [Fact]
    public async Task Account_that_never_had_its_name_leaves_the_guest_alone_when_it_changes_or_goes()
    {
        var account = await Dashboard.CreateAccountAsync(_unit, "testuser");
        await _rig.MySql.RegisterAsync("testuser");
        await _worker.DrainAsync();
        foreach (var change in (string[])["extension = '7'", "enabled = false", "enabled = true", "username = 'unit401'", "username = 'testuser'"])
        {
            await Dashboard.SetAsync(account, change);
            await _worker.DrainAsync();
        }

        await Dashboard.RekeyAsync(account);
        await _worker.DrainAsync();
        await Dashboard.DeleteAsync(account);
        await _worker.DrainAsync();

        Assert.Equal(_guests, await _rig.MySql.GuestsAsync());
        Assert.Equal(["testuser"], await _rig.MySql.ContactsAsync());
    }

    [Fact]
    public async Task Account_renamed_to_a_guests_name_gives_up_its_own()
    {
        var account = await Dashboard.CreateAccountAsync(_unit, "panel401");
        await _worker.DrainAsync();
        await _rig.MySql.RegisterAsync("panel401");

        await Dashboard.RenameAsync(account, "testuser");
        await _worker.DrainAsync();

        Assert.Empty(await _rig.MySql.ContactsAsync());
        Assert.Equal(_guests, await _rig.MySql.GuestsAsync());
        await Convergence.AssertAsync(_rig, (account, "name_in_use"));
    }

    [Fact]
    public async Task Account_gets_its_name_when_asked_again_after_the_guest_is_gone()
    {
        var account = await Dashboard.CreateAccountAsync(_unit, "testuser");
        await _worker.DrainAsync();

        await _rig.MySql.ExecuteAsync("delete from subscriber where username = 'testuser'");
        Assert.Equal(1, await Dashboard.MarkAgainAsync(account));
        Assert.Equal("pending|0|(null)|0", await Dashboard.SyncStateAsync(account));
        await _worker.DrainAsync();

        Assert.Equal("synced|0|(null)|0", await Dashboard.SyncStateAsync(account));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Guest_made_by_hand_between_read_and_write_is_not_overwritten()
    {
        var account = await Dashboard.CreateAccountAsync(_unit, "late401");
        await Dashboard.CreateAccountAsync(_unit, "a-first");
        await HoldInsertOfAsync("a-first");
        await using var holder = await OpenTransaction.BeginAsync(_rig.MySql, "do get_lock('write', 10)");
        var turn = _worker.TurnAsync();
        await _rig.WorkerInUserLockAsync();

        await _rig.MySql.AddGuestAsync("late401");
        var guests = await _rig.MySql.GuestsAsync();
        await holder.ExecuteAsync("do release_lock('write')");
        await turn;
        await _worker.DrainAsync();

        Assert.Equal(guests, await _rig.MySql.GuestsAsync());
        await Convergence.AssertAsync(_rig, (account, "name_in_use"));
    }

    [Fact]
    public async Task Guest_put_in_the_place_of_our_subscriber_between_read_and_write_is_not_overwritten()
    {
        var account = await Dashboard.CreateAccountAsync(_unit, "late401");
        await _worker.DrainAsync();
        await Dashboard.RekeyAsync(account);
        await Dashboard.CreateAccountAsync(_unit, "a-first");
        await HoldInsertOfAsync("a-first");
        await using var holder = await OpenTransaction.BeginAsync(_rig.MySql, "do get_lock('write', 10)");
        var turn = _worker.TurnAsync();
        await _rig.WorkerInUserLockAsync();

        // By hand, in one transaction; it may have to wait for the worker, but then it comes after it.
        var byHand = _rig.MySql.ExecuteAsync("""
            start transaction;
            delete from subscriber where username = 'late401';
            insert into subscriber (username, domain, password, ha1, ha1b) values ('late401', 'sip.neolia.app', 'by hand', md5('x'), md5('y'));
            commit;
            """);
        await Task.WhenAny(byHand, _rig.WaiterForRowLockAsync()).Unwrap();
        await holder.ExecuteAsync("do release_lock('write')");
        await byHand;
        await turn;

        Assert.Equal("by hand", await _rig.MySql.ValueAsync("select password from subscriber where username = 'late401'"));
    }

    /// <summary>Whoever has inserted this subscriber stands still inside MySQL while the test holds the user lock.</summary>
    private Task<int> HoldInsertOfAsync(string username) => _rig.MySql.ExecuteAsync($"""
        create trigger hold after insert on subscriber for each row
        begin
          declare held int;
          if new.username = '{username}' then
            set held = get_lock('write', 10);
            do release_lock('write');
          end if;
        end
        """);
}
