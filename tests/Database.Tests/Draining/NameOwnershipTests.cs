using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Applying;
using Neolia.Functions.Reading;

namespace Neolia.Database.Tests.Draining;

/// <summary>Rule M1: names are unique across accounts, so that the fence of an account alone doesn't guard a name.</summary>
public sealed class NameOwnershipTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private DrainRig _rig = null!;
    private Worker _worker = null!;
    private Guid _unit;
    private Guid _first;

    private Dashboard Dashboard => _rig.Dashboard;

    public async ValueTask InitializeAsync()
    {
        _rig = await DrainRig.CreateAsync(supabase, mariaDb);
        _worker = _rig.NewWorker();
        _unit = await Dashboard.CreateUnitAsync();
        _first = await Dashboard.CreateAccountAsync(_unit, "panel401");
        await Dashboard.RekeyAsync(_first);
        await _worker.DrainAsync();
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Late_delete_of_an_account_spares_the_next_owner_of_its_name()
    {
        await Dashboard.DeleteAsync(_first);
        var (turn, gate) = await _rig.StallAsync(gate => new Stalls { BeforeApply = gate });
        var second = await Dashboard.CreateAccountAsync(_unit, "panel401");
        var digests = await Dashboard.RekeyAsync(second);
        await _worker.DrainAsync();

        gate.Open();
        await turn;

        Assert.Equal(digests.Ha1, await _rig.MySql.ValueAsync("select ha1 from subscriber where username = 'panel401'"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Stalled_worker_does_not_write_the_old_owners_digests_over_the_new_ones()
    {
        await Dashboard.RekeyAsync(_first);
        var (turn, gate) = await _rig.StallAsync(gate => new Stalls { BeforeApply = gate });
        await Dashboard.DeleteAsync(_first);
        var second = await Dashboard.CreateAccountAsync(_unit, "panel401");
        var digests = await Dashboard.RekeyAsync(second);

        // The first one's delete stays under the stalled worker's lease: its fence is still the old one.
        await _worker.DrainAsync();
        gate.Open();

        Assert.Equal(Outcome.Superseded, Assert.Single((await turn).Results).Outcome);
        Assert.Equal(digests.Ha1, await _rig.MySql.ValueAsync("select ha1 from subscriber where username = 'panel401'"));
        await _worker.DrainAsync();
        Assert.Equal(digests.Ha1, await _rig.MySql.ValueAsync("select ha1 from subscriber where username = 'panel401'"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Stalled_worker_does_not_take_back_a_name_that_was_released_since()
    {
        await Dashboard.RekeyAsync(_first);
        var (turn, gate) = await _rig.StallAsync(gate => new Stalls { BeforeApply = gate });
        await Dashboard.RenameAsync(_first, "panel499");
        var second = await Dashboard.CreateAccountAsync(_unit, "panel401");
        await _worker.DrainAsync();
        await Dashboard.DeleteAsync(second);
        await _worker.DrainAsync();

        // Nobody owns the name now, but a later owner than the one whose state is stalled has held it.
        gate.Open();

        Assert.Equal(Outcome.Superseded, Assert.Single((await turn).Results).Outcome);
        Assert.Empty(await _rig.MySql.RowsAsync("select * from subscriber where username = 'panel401'"));
        await _worker.DrainAsync();
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Name_is_taken_from_its_former_owner_by_whoever_is_applied_first()
    {
        var second = await Dashboard.CreateAccountAsync(_unit, "panel402");
        await _worker.DrainAsync();
        await Dashboard.RenameAsync(_first, "panel499");
        var (turn, gate) = await _rig.StallAsync(gate => new Stalls { BeforeApply = gate });
        await Dashboard.RenameAsync(second, "panel401");
        await _rig.MySql.RegisterAsync("panel401");

        await _worker.DrainAsync();
        Assert.Equal($"{second}", await _rig.MySql.ValueAsync("select account_id from neolia_identity where username = 'panel401'"));
        Assert.Empty(await _rig.MySql.ContactsAsync());

        gate.Open();
        await turn;
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Former_owner_does_not_count_as_synced_while_its_contact_is_there()
    {
        await _rig.MySql.RegisterAsync("panel401");
        await Dashboard.DeleteAsync(_first);
        var (leaving, beforeApply) = await _rig.StallAsync(gate => new Stalls { BeforeApply = gate });
        await Dashboard.CreateAccountAsync(_unit, "panel401");
        var (taking, beforeKick) = await _rig.StallAsync(gate => new Stalls { BeforeKick = gate });

        beforeApply.Open();
        await leaving;

        Assert.DoesNotContain($"account {_first}", string.Join('\n', await Dashboard.QueueAsync()), StringComparison.Ordinal);
        Assert.Empty(await _rig.MySql.ContactsAsync());
        beforeKick.Open();
        await taking;
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Mark_of_another_account_made_during_a_kick_stays_for_its_worker()
    {
        var second = await Dashboard.CreateAccountAsync(_unit, "panel402");
        await _worker.DrainAsync();
        await _rig.MySql.ExecuteAsync($"insert into neolia_kick (account_id, domain, username) values ('{_first}', '{Dashboard.Domain}', 'panel401')");
        await Dashboard.MarkAgainAsync(_first, second);
        await _rig.MySql.RegisterAsync("panel401");

        // Comes in the moment in which the contacts go, as another worker's commit would.
        await _rig.MySql.ExecuteAsync($"""
            create trigger meanwhile after delete on location for each row
              insert ignore into neolia_kick (account_id, domain, username) values ('{second}', old.domain, old.username)
            """);
        await _worker.TurnAsync();

        Assert.Equal([$"{second}"], await _rig.MySql.RowsAsync("select account_id from neolia_kick"));
    }

    [Fact]
    public async Task Accounts_that_row_level_security_hides_are_not_taken_for_deleted()
    {
        await Dashboard.SetAsync(_first, "extension = '12'");
        await _rig.Postgres.ExecuteAsync("drop policy function_app on sip_accounts");

        await Assert.ThrowsAsync<HiddenAccountException>(_worker.TurnAsync);

        Assert.Equal(["panel401"], await _rig.MySql.SubscriberNamesAsync());
        await _rig.Postgres.ExecuteAsync("create policy function_app on sip_accounts for select to neolia_functions using (true)");
        await _worker.DrainAsync();
        await Convergence.AssertAsync(_rig);
    }
}
