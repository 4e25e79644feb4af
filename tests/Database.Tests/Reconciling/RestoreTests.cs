using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Reconciling;
using Npgsql;

namespace Neolia.Database.Tests.Reconciling;

/// <summary>Rule M2: either database is put back to a backup, rows and sequence, past all triggers.</summary>
public sealed class RestoreTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private static readonly string[] SupabaseTables =
        ["sites", "buildings", "units", "sip_accounts", "call_rules", "kamailio_sync.credentials", "sip_account_sync", "unit_sync", "kamailio_sync.queue", "kamailio_sync.kamailio_progress"];

    private static readonly string[] KamailioTables =
        ["subscriber", "location", "neolia_account", "neolia_identity", "neolia_kick", "neolia_unit", "neolia_call_rule", "neolia_progress"];

    private ReconcileRig _rig = null!;
    private Guid _unit;
    private Guid _deleted;
    private Guid _renamed;

    private Dashboard Dashboard => _rig.Dashboard;

    public async ValueTask InitializeAsync()
    {
        _rig = await ReconcileRig.CreateAsync(supabase, mariaDb);
        _unit = await Dashboard.CreateUnitAsync();
        await Dashboard.CreateAccountsAsync(_unit, "many", 20);
        (_deleted, _renamed) = (await Dashboard.CreateAccountAsync(_unit, "deleted"), await Dashboard.CreateAccountAsync(_unit, "renamed"));
        await Dashboard.CreateRuleAsync(_unit, "*");
        await _rig.SettleAsync();
        Assert.Equal(Restored.None, (await _rig.RunAsync()).Restored);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Supabase_is_right_after_it_went_back_and_fresh_versions_pass_Kamailios_fences()
    {
        var version = await BackUpSupabaseAsync();
        await ChangeALotAsync();
        var seen = long.Parse(await _rig.Drain.Postgres.ValueAsync("select last_value from kamailio_sync.version"), null);

        await RestoreSupabaseAsync(version);
        Assert.NotEqual(Restored.None, await _rig.LookForRestoreAsync());
        var report = await _rig.RunAsync();

        Assert.Equal((Restored.Supabase, false, true), (report.Restored, report.Refused, report.Complete));
        Assert.Equal(1, report.Accounts.Orphaned);
        await _rig.SettleAsync();
        await Convergence.AssertAsync(_rig.Drain);
        Assert.InRange(long.Parse(await _rig.Drain.Postgres.ValueAsync("select last_value from kamailio_sync.version"), null), seen + 1, long.MaxValue);
        Assert.Equal(Restored.None, await _rig.LookForRestoreAsync());
    }

    [Fact]
    public async Task Accounts_that_the_backup_calls_failed_are_repaired_too()
    {
        await _rig.Drain.MySql.AddGuestAsync("guest-1");
        await _rig.Drain.MySql.AddGuestAsync("guest-2");
        var (deleted, renamed) = (await Dashboard.CreateAccountAsync(_unit, "guest-1"), await Dashboard.CreateAccountAsync(_unit, "guest-2"));
        await _rig.SettleAsync();
        var version = await BackUpSupabaseAsync();
        await Dashboard.DeleteAsync(deleted);
        await Dashboard.RenameAsync(renamed, "elsewhere");
        await _rig.SettleAsync();
        Assert.Contains("elsewhere", await _rig.Drain.MySql.SubscriberNamesAsync());

        await RestoreSupabaseAsync(version);
        await _rig.RunAsync();

        await _rig.SettleAsync();
        await Convergence.AssertAsync(_rig.Drain, (deleted, "name_in_use"), (renamed, "name_in_use"));
        Assert.DoesNotContain("elsewhere", await _rig.Drain.MySql.SubscriberNamesAsync());
    }

    /// <summary>Put back under load, Kamailio's database soon holds newer versions than ever: nothing else tells.</summary>
    [Fact]
    public async Task Failed_account_whose_former_name_is_back_loses_it_by_the_hour()
    {
        await BackUpKamailioAsync();
        await _rig.Drain.MySql.AddGuestAsync("guest");
        await Dashboard.RenameAsync(_renamed, "guest");
        await _rig.SettleAsync();
        Assert.Equal((0, 1), Found(await _rig.RunAsync()));
        await RestoreKamailioAsync();
        await _rig.Drain.MySql.AddGuestAsync("guest");
        Assert.Equal(Restored.Kamailio, await _rig.LookForRestoreAsync());
        await Dashboard.RekeyAsync(_deleted);
        await _rig.SettleAsync();
        Assert.Equal(Restored.None, await _rig.LookForRestoreAsync());
        Assert.Contains("renamed", await _rig.Drain.MySql.SubscriberNamesAsync());

        Assert.Equal((1, 0), Found(await _rig.RunAsync()));

        await _rig.SettleAsync();
        await Convergence.AssertAsync(_rig.Drain, (_renamed, "name_in_use"));
        Assert.DoesNotContain("renamed", await _rig.Drain.MySql.SubscriberNamesAsync());
        Assert.Equal((0, 1), Found(await _rig.RunAsync()));
    }

    [Fact]
    public async Task Failed_accounts_that_are_back_count_among_what_would_be_removed()
    {
        await BackUpKamailioAsync();
        await _rig.Drain.Postgres.ExecuteAsync("update sip_accounts set domain = 'not-served.example' where username like 'many-%'");
        await _rig.SettleAsync();
        await RestoreKamailioAsync();

        var report = await _rig.RunAsync();

        Assert.Equal((true, 20), (report.Refused, report.Accounts.Removed));
        Assert.Contains("many-007", await _rig.Drain.MySql.SubscriberNamesAsync());
    }

    [Fact]
    public async Task Run_that_dies_when_the_sequence_is_raised_is_made_good_by_the_next_start()
    {
        var version = await BackUpSupabaseAsync();
        await ChangeALotAsync();
        await RestoreSupabaseAsync(version);
        using var killed = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _rig.RunAsync(killed: killed.Token, atProgress: async step =>
        {
            if (step.EndsWith("differences", StringComparison.Ordinal))
                await killed.CancelAsync();
        }));

        Assert.NotEqual(Restored.None, await _rig.LookForRestoreAsync());
        Assert.Equal(Restored.Supabase, (await _rig.RunAsync()).Restored);

        await _rig.SettleAsync();
        await Convergence.AssertAsync(_rig.Drain);
        Assert.Equal(Restored.None, await _rig.LookForRestoreAsync());
    }

    [Fact]
    public async Task Kamailio_is_brought_up_to_date_after_it_went_back()
    {
        await BackUpKamailioAsync();
        await ChangeALotAsync();
        await _rig.RunAsync();

        await RestoreKamailioAsync();
        Assert.NotEqual(Restored.None, await _rig.LookForRestoreAsync());
        var report = await _rig.RunAsync();

        Assert.Equal((Restored.Kamailio, false, true), (report.Restored, report.Refused, report.Complete));
        await _rig.SettleAsync();
        await Convergence.AssertAsync(_rig.Drain);
        Assert.Equal(Restored.None, await _rig.LookForRestoreAsync());
    }

    [Fact]
    public async Task A_dry_run_after_a_restore_says_so_and_leaves_it_to_be_found_again()
    {
        await BackUpKamailioAsync();
        await ChangeALotAsync();
        await _rig.RunAsync();
        await RestoreKamailioAsync();

        Assert.Equal(Restored.Kamailio, (await _rig.RunAsync(dryRun: true)).Restored);

        Assert.NotEqual(Restored.None, await _rig.LookForRestoreAsync());
    }

    [Fact]
    public async Task Changes_beside_the_check_are_no_restore()
    {
        using var enough = new CancellationTokenSource();
        var changing = ChangeUntilAsync(enough.Token);

        for (var i = 0; i < 15; i++)
            Assert.Equal(Restored.None, (await _rig.RunAsync()).Restored);
        await enough.CancelAsync();
        await changing;
    }

    private static (int Differences, int Parked) Found(ReconcileReport report) => (report.Differences, report.Parked);

    private async Task ChangeUntilAsync(CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            await Dashboard.RekeyAsync(_renamed);
            await _rig.SettleAsync();
        }
    }

    private async Task ChangeALotAsync()
    {
        await Dashboard.DeleteAsync(_deleted);
        await Dashboard.RenameAsync(_renamed, "deleted");
        await Dashboard.RekeyAsync(await Dashboard.CreateAccountAsync(_unit, "renamed"));
        await _rig.Drain.Postgres.ExecuteAsync("update call_rules set action = 'reject'; update units set number = '9'; update sip_accounts set enabled = false where username = 'many-007'");
        await _rig.SettleAsync();
    }

    private async Task<string> BackUpSupabaseAsync()
    {
        await SupabaseAsync(string.Join(';', SupabaseTables.Prepend("").Select(t => t.Length == 0 ? "create schema backup" : $"create table {Copy(t)} as table {t}")));
        return await _rig.Drain.Postgres.ValueAsync("select last_value from kamailio_sync.version");
    }

    private Task RestoreSupabaseAsync(string version) => SupabaseAsync($"""
        set session_replication_role = replica;
        {string.Join(';', SupabaseTables.Select(t => $"delete from {t}; insert into {t} select * from {Copy(t)}"))};
        select setval('kamailio_sync.version', {version})
        """);

    private async Task SupabaseAsync(string sql)
    {
        await using var superuser = NpgsqlDataSource.Create(_rig.Drain.Supabase.SuperuserConnectionString);
        await superuser.ExecuteAsync(sql);
    }

    private Task<int> BackUpKamailioAsync() =>
        _rig.Drain.MySql.ExecuteAsync(string.Join(';', KamailioTables.Select(t => $"create table backup_{t} as select * from {t}")));

    private Task<int> RestoreKamailioAsync() =>
        _rig.Drain.MySql.ExecuteAsync(string.Join(';', KamailioTables.Select(t => $"delete from {t}; insert into {t} select * from backup_{t}")));

    private static string Copy(string table) => $"backup.{table.Split('.')[^1]}";
}
