using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Applying;
using Neolia.Functions.Subjects;

namespace Neolia.Database.Tests.Draining;

/// <summary>I1: when changes stop, the subscribers are the enabled accounts. Each way an account changes, by itself.</summary>
public sealed class ConvergenceTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
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
    public async Task New_account_is_a_subscriber_that_nobody_can_log_in_as()
    {
        Assert.Equal("synced|0|(null)|0", await Dashboard.SyncStateAsync(_account));
        Assert.Equal(["panel401"], await _rig.MySql.SubscriberNamesAsync());
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Issued_credentials_reach_the_subscriber()
    {
        var digests = await Dashboard.RekeyAsync(_account);

        await _worker.DrainAsync();

        Assert.Equal($"{digests.Ha1}|{digests.Ha1b}", await _rig.MySql.ValueAsync("select ha1, ha1b from subscriber"));
        Assert.Equal("synced|1|(null)|0", await Dashboard.SyncStateAsync(_account));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Renamed_account_changes_its_subscriber_and_loses_its_credentials()
    {
        await Dashboard.RekeyAsync(_account);
        await _worker.DrainAsync();

        await Dashboard.RenameAsync(_account, "panel402");
        await _worker.DrainAsync();

        Assert.Equal(["panel402"], await _rig.MySql.SubscriberNamesAsync());
        Assert.Equal("synced|0|(null)|0", await Dashboard.SyncStateAsync(_account));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Account_moves_to_another_served_domain()
    {
        await Dashboard.SetAsync(_account, "domain = 'villas.neolia.app'");

        await _worker.DrainAsync();

        Assert.Equal(["panel401|villas.neolia.app"], await _rig.MySql.RowsAsync("select username, domain from subscriber"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Disabled_account_has_no_subscriber_and_comes_back_with_its_digests()
    {
        var digests = await Dashboard.RekeyAsync(_account);
        await _worker.DrainAsync();

        await Dashboard.SetAsync(_account, "enabled = false");
        await _worker.DrainAsync();
        Assert.Empty(await _rig.MySql.SubscriberNamesAsync());
        Assert.Equal("disabled|1|(null)|0", await Dashboard.SyncStateAsync(_account));
        await Convergence.AssertAsync(_rig);

        await Dashboard.SetAsync(_account, "enabled = true");
        await _worker.DrainAsync();
        Assert.Equal(digests.Ha1, await _rig.MySql.ValueAsync("select ha1 from subscriber"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Account_moved_to_another_unit_or_given_an_extension_keeps_its_subscriber_row()
    {
        var before = await _rig.MySql.ValueAsync("select * from subscriber");
        var unit = await Dashboard.CreateUnitAsync("402");

        await Dashboard.SetAsync(_account, $"unit_id = '{unit}', extension = '7', type = 'mobile'");
        await _worker.DrainAsync();

        Assert.Equal(before, await _rig.MySql.ValueAsync("select * from subscriber"));
        Assert.Equal($"{unit}|mobile|7", await _rig.MySql.ValueAsync("select unit_id, type, extension from neolia_account"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Deleted_account_leaves_no_subscriber_no_queue_row_and_no_state()
    {
        await Dashboard.DeleteAsync(_account);

        await _worker.DrainAsync();

        Assert.Empty(await _rig.MySql.SubscriberNamesAsync());
        Assert.Empty(await _rig.Postgres.RowsAsync("select * from sip_account_sync"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Deleted_site_takes_everything_below_it_along()
    {
        await Dashboard.CreateRuleAsync(_unit, "intercom-*");
        await Dashboard.CreateAccountAsync(_unit, "mobile401", "mobile");
        await _worker.DrainAsync();

        await _rig.Postgres.ExecuteAsync("delete from sites");
        await _worker.DrainAsync();

        Assert.Empty(await _rig.MySql.SubscriberNamesAsync());
        await Convergence.AssertAsync(_rig);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(1)]
    public async Task Two_accounts_swap_their_names(int batchSize)
    {
        var other = await Dashboard.CreateAccountAsync(_unit, "panel402");
        await Dashboard.RekeyAsync(_account);
        await _worker.DrainAsync();

        await _rig.Postgres.ExecuteAsync($"""
            update sip_accounts set username = 'swapping' where id = '{_account}';
            update sip_accounts set username = 'panel401' where id = '{other}';
            update sip_accounts set username = 'panel402' where id = '{_account}';
            """);
        _rig.Options.BatchSize = batchSize;
        await _worker.DrainAsync();

        Assert.Equal(
            new[] { $"panel401|{other}", $"panel402|{_account}" },
            await _rig.MySql.RowsAsync("select username, account_id from neolia_identity where account_id is not null order by 1"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Account_deleted_and_created_again_under_its_name_is_the_new_one()
    {
        await Dashboard.RekeyAsync(_account);
        await _worker.DrainAsync();

        await Dashboard.DeleteAsync(_account);
        var again = await Dashboard.CreateAccountAsync(_unit, "panel401");
        await _worker.DrainAsync();

        Assert.Equal($"{again}", await _rig.MySql.ValueAsync("select account_id from neolia_identity where username = 'panel401'"));
        Assert.Equal("synced|0|(null)|0", await Dashboard.SyncStateAsync(again));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Account_whose_id_changes_is_one_that_goes_and_one_that_comes()
    {
        var id = Guid.NewGuid();

        await Dashboard.SetAsync(_account, $"id = '{id}'");
        await _worker.DrainAsync();

        Assert.Equal($"{id}", await _rig.MySql.ValueAsync("select account_id from neolia_identity"));
        Assert.Equal("1", await _rig.MySql.ValueAsync($"select deleted from neolia_account where account_id = '{_account}'"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Subscriber_edited_or_deleted_by_hand_is_put_right_when_asked_again()
    {
        var deleted = await Dashboard.CreateAccountAsync(_unit, "panel402");
        await _worker.DrainAsync();
        await _rig.MySql.ExecuteAsync("update subscriber set ha1 = md5('x'), password = 'plain' where username = 'panel401'");
        await _rig.MySql.ExecuteAsync("delete from subscriber where username = 'panel402'");

        Assert.Equal(2, await Dashboard.MarkAgainAsync(_account, deleted));
        await _worker.DrainAsync();

        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Nothing_is_written_for_an_account_that_is_as_it_should_be()
    {
        var before = await _rig.MySql.RowsAsync("select id from subscriber");

        await Dashboard.MarkAgainAsync(_account);
        var result = Assert.Single(await _worker.DrainAsync());

        Assert.Equal((new Subject(SubjectKind.Account, _account), Outcome.Unchanged), (result.Subject, result.Outcome));
        Assert.Equal(before, await _rig.MySql.RowsAsync("select id from subscriber"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Burst_of_edits_of_one_account_is_one_piece_of_work()
    {
        for (var i = 0; i < 5; i++)
            await Dashboard.RenameAsync(_account, $"panel{i}");

        Assert.Single(await _worker.DrainAsync());
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Thousand_accounts_converge_in_batches()
    {
        var accounts = await Dashboard.CreateAccountsAsync(_unit, "many", 1000);

        await _worker.DrainAsync();
        Assert.Equal(1001, (await _rig.MySql.SubscriberNamesAsync()).Count);
        await Convergence.AssertAsync(_rig);

        await _rig.Postgres.ExecuteAsync("update sip_accounts set username = replace(username, 'many', 'renamed') where username like 'many-%'");
        await _worker.DrainAsync();
        await Convergence.AssertAsync(_rig);

        await _rig.Postgres.ExecuteAsync("delete from sip_accounts where username like 'renamed-%'");
        await _worker.DrainAsync();
        Assert.Equal(["panel401"], await _rig.MySql.SubscriberNamesAsync());
        Assert.Equal(accounts.Count, (await _rig.MySql.RowsAsync("select 1 from neolia_account where deleted")).Count);
        await Convergence.AssertAsync(_rig);
    }
}
