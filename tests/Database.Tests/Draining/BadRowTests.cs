using System.Data;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Draining;

/// <summary>I5: one bad account never stops the others.</summary>
public sealed class BadRowTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
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
    public async Task Row_that_Kamailios_database_refuses_fails_alone_in_a_batch_of_400()
    {
        await _rig.MySql.ExecuteAsync("""
            create trigger fail before insert on subscriber for each row
            begin
              if new.username = 'many-217' then signal sqlstate '45000' set message_text = 'refused: ha1 is 0123'; end if;
            end
            """);
        var accounts = await Dashboard.CreateAccountsAsync(_unit, "many", 400);

        await _worker.DrainAsync();

        await Convergence.AssertAsync(_rig, (accounts[217], "not_storable"));
        var error = await _rig.Postgres.ValueAsync($"select last_error from sip_account_sync where account_id = '{accounts[217]}'");
        Assert.Contains("refuses", error, StringComparison.Ordinal);
        Assert.DoesNotContain("0123", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Extension_that_does_not_fit_fails_alone_with_a_sentence_and_its_account_can_still_be_disabled()
    {
        var accounts = await Dashboard.CreateAccountsAsync(_unit, "many", 400);
        await _rig.Postgres.ExecuteAsync($"update sip_accounts set extension = repeat('9', 65) where id = '{accounts[7]}'");
        await _worker.DrainAsync();

        Assert.Equal("failed|0|extension_too_long|1", await Dashboard.SyncStateAsync(accounts[7]));
        Assert.Contains("64", await _rig.Postgres.ValueAsync($"select last_error from sip_account_sync where account_id = '{accounts[7]}'"), StringComparison.Ordinal);
        Assert.Equal(400, (await _rig.MySql.SubscriberNamesAsync()).Count);
        Assert.Equal([$"account|{accounts[7]}"], await Dashboard.QueueAsync());

        await Dashboard.SetAsync(accounts[7], "enabled = false");
        await _worker.DrainAsync();
        Assert.Equal("disabled|0|(null)|0", await Dashboard.SyncStateAsync(accounts[7]));
        Assert.Equal(399, (await _rig.MySql.SubscriberNamesAsync()).Count);

        await Dashboard.SetAsync(accounts[7], "enabled = true, extension = '7'");
        await _worker.DrainAsync();
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Asking_again_while_a_worker_is_about_to_park_it_is_not_in_vain()
    {
        await _rig.MySql.ExecuteAsync("""
            create trigger fail before insert on subscriber for each row
            begin
              if new.username = 'panel401' then signal sqlstate '45000' set message_text = 'refused'; end if;
            end
            """);
        var account = await Dashboard.CreateAccountAsync(_unit, "panel401");
        var (turn, gate) = await _rig.StallAsync(pass => new Stalls { BeforeAcknowledge = pass });

        await _rig.MySql.ExecuteAsync("drop trigger fail");
        Assert.Equal(1, await Dashboard.MarkAgainAsync(account));
        gate.Open();
        await turn;

        await _worker.DrainAsync();
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Row_that_somebody_holds_locked_is_tried_again_and_the_others_go_through()
    {
        var accounts = await Dashboard.CreateAccountsAsync(_unit, "many", 4);
        await _worker.DrainAsync();
        await using var held = await OpenTransaction.BeginAsync(_rig.MySql, $"select * from neolia_account where account_id = '{accounts[2]}' for update");
        foreach (var account in accounts)
            await Dashboard.RekeyAsync(account);

        await _worker.TurnAsync();

        foreach (var account in accounts)
            Assert.Equal(account == accounts[2] ? "retrying|1|kamailio_busy|1" : "synced|1|(null)|0", await Dashboard.SyncStateAsync(account));
        Assert.Equal("1|1|1", await _rig.Postgres.ValueAsync("select attempts, next_attempt_at < now() + interval '1 second', lease_id is null from kamailio_sync.queue"));

        await held.RollbackAsync();
        await Until.TrueAsync("the row went through", async () =>
        {
            await _worker.DrainAsync();
            return (await Dashboard.QueueAsync()).Count == 0;
        });
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Lock_on_a_neighbour_that_is_not_in_the_batch_is_no_hindrance()
    {
        var accounts = await Dashboard.CreateAccountsAsync(_unit, "many", 5);
        await _worker.DrainAsync();
        // Read committed: at MySQL's own default the operator would lock the gaps beside the rows, too.
        await using var held = await OpenTransaction.BeginAsync(_rig.MySql, "do 0", IsolationLevel.ReadCommitted);
        await held.ExecuteAsync($"select * from neolia_account where account_id = '{accounts[2]}' for update");
        await held.ExecuteAsync($"select * from neolia_identity where domain = '{Dashboard.Domain}' and username = 'many-002' for update");
        await held.ExecuteAsync("select * from subscriber where username = 'many-002' for update");

        foreach (var account in accounts.Where(a => a != accounts[2]))
            await Dashboard.RenameAsync(account, $"renamed-{account.ToString()[..8]}");
        await _worker.TurnAsync();

        Assert.Empty(await Dashboard.QueueAsync());
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Unit_that_does_not_fit_fails_alone()
    {
        var bad = await Dashboard.CreateUnitAsync(new string('9', 65));
        var good = await Dashboard.CreateUnitAsync("403");

        await _worker.DrainAsync();

        Assert.Equal([$"unit_rules|{bad}"], await Dashboard.QueueAsync());
        Assert.Equal("403", await _rig.MySql.ValueAsync($"select number from neolia_unit where unit_id = '{good}'"));
        Assert.Equal("1|1", await _rig.Postgres.ValueAsync("select next_attempt_at = 'infinity', last_error is not null from kamailio_sync.queue"));
    }
}
