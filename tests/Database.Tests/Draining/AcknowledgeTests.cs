using System.Diagnostics;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Draining;

/// <summary>Rules P2 to P4: the acknowledge beside users who change the same rows.</summary>
public sealed class AcknowledgeTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private DrainRig _rig = null!;
    private Worker _worker = null!;
    private Guid _unit;
    private Guid _account;
    private Guid _other;

    private Dashboard Dashboard => _rig.Dashboard;

    public async ValueTask InitializeAsync()
    {
        _rig = await DrainRig.CreateAsync(supabase, mariaDb);
        _worker = _rig.NewWorker();
        _unit = await Dashboard.CreateUnitAsync();
        _account = await Dashboard.CreateAccountAsync(_unit, "panel401");
        _other = await Dashboard.CreateAccountAsync(await Dashboard.CreateUnitAsync("402"), "panel402");
        await _worker.DrainAsync();
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("update sip_accounts set username = 'renamed' where id = '{0}'")]
    [InlineData("delete from sip_accounts where id = '{0}'")]
    [InlineData("delete from units where id = '{1}'")]
    public async Task Open_transaction_of_a_user_holds_up_nobody_and_its_row_is_taken_again_at_once(string change)
    {
        await Dashboard.RekeyAsync(_account);
        await Dashboard.RekeyAsync(_other);
        OpenTransaction? user = null;
        var worker = _rig.NewWorker(new Stalls
        {
            BeforeAcknowledge = async () => user ??= await OpenTransaction.BeginAsync(_rig.Postgres, string.Format(null, change, _account, _unit)),
        });

        var started = Stopwatch.GetTimestamp();
        await worker.TurnAsync();

        // The role's lock time-out is 5 s: whoever waits for the user takes at least that.
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(4));
        Assert.Equal("synced|1|(null)|0", await Dashboard.SyncStateAsync(_other));
        Assert.Equal([$"account|{_account}"], await Dashboard.QueueAsync());
        await worker.TurnAsync();
        Assert.Equal([$"account|{_account}"], await Dashboard.QueueAsync());

        await user!.CommitAsync();
        await user.DisposeAsync();
        await worker.DrainAsync();
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Row_whose_user_gave_up_is_acknowledged_in_the_next_turn()
    {
        await Dashboard.RekeyAsync(_account);
        OpenTransaction? user = null;
        var worker = _rig.NewWorker(new Stalls
        {
            BeforeAcknowledge = async () => user ??= await OpenTransaction.BeginAsync(_rig.Postgres, $"update sip_accounts set enabled = false where id = '{_account}'"),
        });
        await worker.TurnAsync();

        await user!.RollbackAsync();
        await user.DisposeAsync();
        await worker.DrainAsync();

        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Cascading_delete_beside_an_acknowledge_ends_without_a_deadlock()
    {
        // The acknowledge stands still inside its statement: the queue rows deleted, the states being written.
        await _rig.Postgres.ExecuteAsync("""
            create function hold() returns trigger language plpgsql as $$
            begin
              if current_user = 'neolia_functions' then
                perform pg_advisory_xact_lock(4711);
              end if;
              return new;
            end $$;
            create trigger hold before update on sip_account_sync for each row execute function hold();
            """);
        await using var holder = await OpenTransaction.BeginAsync(_rig.Postgres, "select pg_advisory_xact_lock(4711)");
        await Dashboard.RekeyAsync(_account);
        await Dashboard.RekeyAsync(_other);
        var turn = _worker.TurnAsync();
        await WaitersAsync(1);

        var user = _rig.Postgres.ExecuteAsync("delete from sites");
        await WaitersAsync(2);
        await holder.CommitAsync();
        await turn;
        await user;

        await _worker.DrainAsync();
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Late_report_of_a_failure_does_not_park_a_newer_change()
    {
        await FailInMySqlAsync("panel401");
        await Dashboard.RekeyAsync(_account);
        var (turn, gate) = await _rig.StallAsync(gate => new Stalls { BeforeAcknowledge = gate });
        await _rig.MySql.ExecuteAsync("drop trigger fail");
        await Dashboard.RekeyAsync(_account);

        gate.Open();
        await turn;

        Assert.Equal("pending|1|(null)|0", await Dashboard.SyncStateAsync(_account));
        Assert.Equal("0|1|(null)|1", await _rig.Postgres.ValueAsync("select attempts, next_attempt_at <= now(), last_error, lease_id is null from kamailio_sync.queue"));
        await _worker.DrainAsync();
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Failure_that_cannot_pass_is_parked_until_somebody_asks_again()
    {
        await FailInMySqlAsync("panel401");
        await Dashboard.RekeyAsync(_account);
        await _worker.DrainAsync();
        Assert.Equal("failed|1|not_storable|1", await Dashboard.SyncStateAsync(_account));
        Assert.Equal("1|1|1", await _rig.Postgres.ValueAsync("select attempts, next_attempt_at = 'infinity', lease_id is null from kamailio_sync.queue"));

        await _rig.MySql.ExecuteAsync("drop trigger fail");
        await Dashboard.MarkAgainAsync(_account);
        await _worker.DrainAsync();
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Change_between_claim_and_read_is_read_with_its_own_version()
    {
        await Dashboard.RekeyAsync(_account);
        var (turn, gate) = await _rig.StallAsync(gate => new Stalls { BeforeRead = gate });
        await Dashboard.RenameAsync(_account, "panel499");
        var version = await _rig.Postgres.ValueAsync("select version from kamailio_sync.queue");

        gate.Open();
        await turn;

        // One turn is enough, because it read both the new state and the new version.
        Assert.Empty(await Dashboard.QueueAsync());
        Assert.Equal(version, await _rig.MySql.ValueAsync($"select version from neolia_account where account_id = '{_account}'"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Change_during_apply_keeps_its_row_and_is_taken_again_at_once()
    {
        await Dashboard.RekeyAsync(_account);
        var (turn, gate) = await _rig.StallAsync(gate => new Stalls { BeforeApply = gate });
        await Dashboard.RenameAsync(_account, "panel499");

        gate.Open();
        await turn;

        Assert.Equal("1|1", await _rig.Postgres.ValueAsync("select lease_id is null, next_attempt_at <= now() from kamailio_sync.queue"));
        await _worker.DrainAsync();
        await Convergence.AssertAsync(_rig);
    }

    private Task<int> FailInMySqlAsync(string username) => _rig.MySql.ExecuteAsync($"""
        create trigger fail before update on subscriber for each row
        begin
          if new.username = '{username}' then signal sqlstate '45000' set message_text = 'refused'; end if;
        end
        """);

    private Task WaitersAsync(int count) => Until.TrueAsync($"{count} wait for a lock", async () =>
        await _rig.Postgres.ValueAsync($"select count(*) from pg_stat_activity where datname = '{_rig.Supabase.Database}' and wait_event_type = 'Lock'") == $"{count}");
}
