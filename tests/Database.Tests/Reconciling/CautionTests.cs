using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Subjects;
using Npgsql;

namespace Neolia.Database.Tests.Reconciling;

/// <summary>What reconcile must not do: wipe Kamailio, touch guests or live contacts, take a change for a fault.</summary>
public sealed class CautionTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private const string Subscribers = "select * from subscriber order by id";

    private ReconcileRig _rig = null!;
    private Guid _unit;
    private IReadOnlyList<Guid> _accounts = [];

    private Dashboard Dashboard => _rig.Dashboard;

    public async ValueTask InitializeAsync()
    {
        _rig = await ReconcileRig.CreateAsync(supabase, mariaDb);
        _unit = await Dashboard.CreateUnitAsync();
        _accounts = await Dashboard.CreateAccountsAsync(_unit, "many", 20);
        await _rig.SettleAsync();
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task An_empty_database_behind_the_connection_string_does_not_wipe_Kamailio_unless_told()
    {
        await ForgetAsync("delete from sip_accounts; delete from kamailio_sync.credentials; delete from units; delete from sip_account_sync; delete from unit_sync");
        var before = await _rig.Drain.MySql.RowsAsync(Subscribers);

        var refused = await _rig.RunAsync();

        Assert.True(refused.Refused);
        Assert.Equal((20, 20, 1), (refused.Accounts.Orphaned, refused.Accounts.Removed, refused.Units.Removed));
        Assert.Equal(before, await _rig.Drain.MySql.RowsAsync(Subscribers));
        Assert.Empty(await Dashboard.QueueAsync());

        Assert.False((await _rig.RunAsync(force: true)).Refused);
        Assert.Empty(await _rig.Drain.MySql.RowsAsync(Subscribers));
        await Convergence.AssertAsync(_rig.Drain);
    }

    [Fact]
    public async Task A_wrong_list_of_served_domains_does_not_either()
    {
        var report = await _rig.RunAsync(domains: "other.example");

        Assert.Equal((true, 20), (report.Refused, report.Accounts.Removed));
        Assert.Empty(await Dashboard.QueueAsync());
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public async Task Up_to_the_share_accounts_are_removed(int orphans, bool refused)
    {
        var ids = string.Join(", ", _accounts.Take(orphans).Select(a => $"'{a}'"));
        await ForgetAsync($"delete from sip_accounts where id in ({ids}); delete from kamailio_sync.credentials where account_id in ({ids}); delete from sip_account_sync where account_id in ({ids})");
        await _rig.Drain.MySql.ExecuteAsync("update subscriber set ha1 = md5('x') where username = 'many-019'");

        var report = await _rig.RunAsync();

        Assert.Equal((refused, orphans), (report.Refused, report.Accounts.Removed));
        Assert.Equal(refused ? 20 : 20 - orphans, (await _rig.Drain.MySql.RowsAsync(Subscribers)).Count);
        if (!refused)
            await Convergence.AssertAsync(_rig.Drain);
    }

    [Fact]
    public async Task A_name_that_a_hand_took_from_us_looks_like_a_guests_and_is_left_to_the_operator()
    {
        await _rig.Drain.MySql.ExecuteAsync($"update neolia_identity set account_id = null where account_id = '{_accounts[0]}'");

        var report = await _rig.RunAsync();

        Assert.Equal((1, 1L), (report.Accounts.Different, report.Unmanaged));
        Assert.Equal("failed|0|name_in_use|1", await Dashboard.SyncStateAsync(_accounts[0]));
    }

    [Fact]
    public async Task A_dry_run_reports_and_changes_nothing()
    {
        await _rig.Drain.MySql.ExecuteAsync("""
            update subscriber set ha1 = repeat('0', 32) where username = 'many-001';
            insert into neolia_call_rule (unit_id, rule_id, source_like, action) select unit_id, uuid(), '%', 'ring' from neolia_unit;
            insert into neolia_identity (domain, username) values ('sip.neolia.app', 'gone');
            insert into location (ruid, username, domain, contact) values ('1', 'gone', 'sip.neolia.app', 'sip:x')
            """);
        var before = await EverythingAsync();

        var report = await _rig.RunAsync(dryRun: true);

        Assert.Equal((1, 1, 1), (report.Accounts.Different, report.Units.Different, report.ContactsSwept));
        Assert.Equal(before, await EverythingAsync());
    }

    [Fact]
    public async Task Guests_are_named_and_stay_as_they_are()
    {
        await _rig.Drain.MySql.ExecuteAsync("""
            insert into subscriber (username, domain, password, ha1, ha1b) values
              ('TestUser', 'sip.neolia.app', 'plain', '', ''), ('mobile101', 'elsewhere.example', '', md5('1'), 'x');
            insert into location (ruid, username, domain, contact) values
              ('g1', 'TestUser', 'sip.neolia.app', 'sip:a'), ('g2', 'nobody', 'sip.neolia.app', 'sip:b'), ('o1', 'many-000', 'sip.neolia.app', 'sip:c');
            delete from subscriber where username = 'many-003'
            """);
        const string guests = "select * from subscriber where username in ('TestUser', 'mobile101') order by 1";
        var before = await _rig.Drain.MySql.RowsAsync(guests);

        var report = await _rig.RunAsync();

        Assert.Equal((2L, 0), (report.Unmanaged, report.ContactsSwept));
        Assert.Equal(["mobile101@elsewhere.example", "TestUser@sip.neolia.app"], report.UnmanagedNames.Select(n => n.ToString()));
        Assert.Equal(before, await _rig.Drain.MySql.RowsAsync(guests));
        Assert.Equal(["g1", "g2", "o1"], await _rig.Drain.MySql.RowsAsync("select ruid from location order by 1"));
    }

    [Fact]
    public async Task Contacts_of_names_without_a_subscriber_are_swept_and_no_others()
    {
        await Dashboard.DeleteAsync(_accounts[0]);
        await Dashboard.SetAsync(_accounts[1], "enabled = false");
        await _rig.SettleAsync();
        await _rig.Drain.MySql.ExecuteAsync("""
            insert into location (ruid, username, domain, contact) values
              ('1', 'many-000', 'sip.neolia.app', 'sip:a'), ('2', 'many-000', 'sip.neolia.app', 'sip:b'),
              ('3', 'many-001', 'sip.neolia.app', 'sip:c'), ('4', 'many-002', 'sip.neolia.app', 'sip:d')
            """);

        var report = await _rig.RunAsync();

        Assert.Equal((0, 3), (report.Differences, report.ContactsSwept));
        Assert.Equal(["4"], await _rig.Drain.MySql.RowsAsync("select ruid from location"));
    }

    [Fact]
    public async Task The_sweep_waits_for_who_holds_a_name_and_spares_the_device_of_a_new_account()
    {
        await Dashboard.DeleteAsync(_accounts[0]);
        await _rig.SettleAsync();
        await _rig.Drain.MySql.ExecuteAsync("insert into location (ruid, username, domain, contact) values ('1', 'many-000', 'sip.neolia.app', 'sip:a')");
        await using var worker = await OpenTransaction.BeginAsync(
            _rig.Drain.MySql, "update neolia_identity set version = version + 1 where username = 'many-000'");
        var sweeping = _rig.RunAsync();
        await _rig.Drain.WaiterForRowLockAsync();

        await worker.ExecuteAsync("insert into subscriber (username, domain, ha1, ha1b) values ('many-000', 'sip.neolia.app', md5('1'), md5('2'))");
        await worker.CommitAsync();

        Assert.Equal(0, (await sweeping).ContactsSwept);
        Assert.Equal(["1"], await _rig.Drain.MySql.RowsAsync("select ruid from location"));
    }

    [Fact]
    public async Task A_change_that_came_after_the_checksums_is_not_taken_for_a_fault()
    {
        await _rig.Drain.MySql.ExecuteAsync("update subscriber set ha1 = md5('x') where username = 'many-001'");
        var holder = await OpenTransaction.BeginAsync(_rig.Drain.MySql, $"select * from neolia_account where account_id = '{_accounts[1]}' for update");

        var report = await _rig.RunAsync(atProgress: async step =>
        {
            if (step.StartsWith("comparing", StringComparison.Ordinal))
                await Dashboard.RekeyAsync(_accounts[1]);
        });

        Assert.Equal((0, 1), (report.Differences, report.OnTheirWay));
        await holder.DisposeAsync();
        await Until.TrueAsync("the change is applied", async () => (await Dashboard.QueueAsync()).Count == 0);
        await Convergence.AssertAsync(_rig.Drain);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_change_between_the_readings_is_not_taken_for_a_fault_even_if_it_is_applied_by_the_second(bool applied)
    {
        var subject = new Subject(SubjectKind.Account, _accounts[2]);

        var look = await _rig.LookAsync(subject, async () =>
        {
            await Dashboard.RenameAsync(_accounts[2], "renamed");
            if (applied)
                await _rig.SettleAsync();
        });

        Assert.Empty(look.Differences);
        Assert.Equal([subject], look.OnTheirWay);
    }

    [Fact]
    public async Task Beside_steady_changes_nothing_is_taken_for_a_fault()
    {
        using var enough = new CancellationTokenSource();
        var changing = Task.WhenAll(Enumerable.Range(0, 3).Select(from => ChangeUntilAsync(from, enough.Token)));

        var (differences, onTheirWay) = (0, 0);
        for (var i = 0; i < 20; i++)
        {
            var report = await _rig.RunAsync();
            differences += report.Differences;
            onTheirWay += report.OnTheirWay;
        }

        await enough.CancelAsync();
        await changing;
        Assert.Equal(0, differences);
        Assert.NotEqual(0, onTheirWay);
        await _rig.SettleAsync();
        await Convergence.AssertAsync(_rig.Drain);
    }

    private async Task ChangeUntilAsync(int from, CancellationToken enough)
    {
        for (var i = from; !enough.IsCancellationRequested; i += 3)
        {
            var account = _accounts[i % _accounts.Count];
            await (i % 4 == 0 ? Dashboard.RenameAsync(account, $"n{i}") : i % 4 == 1 ? Dashboard.SetAsync(account, $"extension = '{i}'") : Dashboard.RekeyAsync(account));
            await _rig.Worker.Runner.DrainAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);
        }
    }

    private async Task<List<string>> EverythingAsync()
    {
        var rows = new List<string>();
        foreach (var table in (string[])["subscriber", "location", "neolia_account", "neolia_identity", "neolia_kick", "neolia_unit", "neolia_call_rule"])
            rows.AddRange((await _rig.Drain.MySql.RowsAsync($"select * from {table}")).Order(StringComparer.Ordinal));
        foreach (var table in (string[])["kamailio_sync.queue", "sip_account_sync", "unit_sync", "kamailio_sync.kamailio_progress"])
            rows.AddRange((await _rig.Drain.Postgres.RowsAsync($"select t::text from {table} t")).Order(StringComparer.Ordinal));
        rows.Add(await _rig.Drain.Postgres.ValueAsync("select last_value from kamailio_sync.version"));
        return rows;
    }

    /// <summary>Rows vanish past all triggers, as if they had never been.</summary>
    private async Task ForgetAsync(string sql)
    {
        await using var superuser = NpgsqlDataSource.Create(_rig.Drain.Supabase.SuperuserConnectionString);
        await superuser.ExecuteAsync($"set session_replication_role = replica; {sql}");
    }
}
