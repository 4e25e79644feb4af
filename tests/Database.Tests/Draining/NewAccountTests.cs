using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Applying;

namespace Neolia.Database.Tests.Draining;

/// <summary>The short way of accounts that Kamailio has never heard of, where it turns out that it has.</summary>
public sealed class NewAccountTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private DrainRig _rig = null!;
    private Worker _worker = null!;
    private Guid _unit;

    private Dashboard Dashboard => _rig.Dashboard;

    public async ValueTask InitializeAsync()
    {
        _rig = await DrainRig.CreateAsync(supabase, mariaDb);
        _worker = _rig.NewWorker();
        _unit = await Dashboard.CreateUnitAsync();
        await _worker.DrainAsync();
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Newer_version_that_is_applied_between_look_and_insert_is_not_overwritten()
    {
        var account = await Dashboard.CreateAccountAsync(_unit, "panel401");
        await HoldInsertOfAsync(await _rig.Postgres.ValueAsync("select version from kamailio_sync.queue"));
        await using var holder = await OpenTransaction.BeginAsync(_rig.MySql, "do get_lock('write', 10)");
        var late = _worker.TurnAsync();
        await _rig.WorkerInUserLockAsync();
        var newer = await Dashboard.RekeyAsync(account);
        await _rig.ExpireLeasesAsync();
        await _rig.NewWorker().DrainAsync();

        await holder.ExecuteAsync("do release_lock('write')");

        Assert.Equal(Outcome.Superseded, Assert.Single((await late).Results).Outcome);
        Assert.Equal(newer.Ha1, await _rig.MySql.ValueAsync("select ha1 from subscriber"));
        await Convergence.AssertAsync(_rig);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_name_that_an_account_without_a_fence_owns_is_released(bool deleted)
    {
        await Dashboard.CreateAccountAsync(_unit, "first");
        await _worker.DrainAsync();
        var account = await Dashboard.CreateAccountAsync(_unit, "panel401");
        if (deleted)
            await Dashboard.DeleteAsync(account);
        // Half a backup: names and subscribers are newer than the fences.
        await _rig.MySql.ExecuteAsync($"""
            insert into neolia_identity (domain, username, account_id) values ('sip.neolia.app', 'before', '{account}');
            insert into subscriber (domain, username, ha1, ha1b) values ('sip.neolia.app', 'before', md5('1'), md5('2'))
            """);

        await _worker.DrainAsync();

        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Account_that_is_deleted_and_applied_between_look_and_insert_does_not_come_back()
    {
        var account = await Dashboard.CreateAccountAsync(_unit, "panel401");
        await HoldInsertOfAsync(await _rig.Postgres.ValueAsync("select version from kamailio_sync.queue"));
        await using var holder = await OpenTransaction.BeginAsync(_rig.MySql, "do get_lock('write', 10)");
        var late = _worker.TurnAsync();
        await _rig.WorkerInUserLockAsync();
        await Dashboard.DeleteAsync(account);
        await Dashboard.CreateAccountAsync(_unit, "panel401");
        await _rig.ExpireLeasesAsync();
        await _rig.NewWorker().DrainAsync();

        await holder.ExecuteAsync("do release_lock('write')");
        await late;

        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Guest_is_seen_where_no_unique_key_would_refuse_the_insert()
    {
        await _rig.MySql.ExecuteAsync("alter table subscriber drop key account_idx");
        await _rig.MySql.AddGuestAsync("testuser");
        var guests = await _rig.MySql.GuestsAsync();
        var account = await Dashboard.CreateAccountAsync(_unit, "testuser");
        await Dashboard.CreateAccountAsync(_unit, "panel401");

        await _worker.DrainAsync();

        Assert.Equal(guests, await _rig.MySql.GuestsAsync());
        await Convergence.AssertAsync(_rig, (account, "name_in_use"));
    }

    /// <summary>Whoever inserts a fence with this version stands still inside MySQL while the test holds the user lock.</summary>
    private Task<int> HoldInsertOfAsync(string version) => _rig.MySql.ExecuteAsync($"""
        create trigger hold before insert on neolia_account for each row
        begin
          declare held int;
          if new.version = {version} then
            set held = get_lock('write', 10);
            do release_lock('write');
          end if;
        end
        """);
}
