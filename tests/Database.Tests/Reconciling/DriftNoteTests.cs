using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Reconciling;

/// <summary>What reconcile finds and has repaired is told in the log of activities, once each.</summary>
public sealed class DriftNoteTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private const string BreakAll = """
        update subscriber set ha1 = md5('x');
        insert into neolia_call_rule (unit_id, rule_id, source_like, action) select unit_id, uuid(), '%', 'ring' from neolia_unit
        """;

    private ReconcileRig _rig = null!;
    private Guid _unit;
    private Guid _account;

    public async ValueTask InitializeAsync()
    {
        _rig = await ReconcileRig.CreateAsync(supabase, mariaDb);
        _unit = await _rig.Dashboard.CreateUnitAsync("12");
        _account = await _rig.Dashboard.CreateAccountAsync(_unit, "panel12");
        await _rig.SettleAsync();
        await _rig.Drain.Postgres.ExecuteAsync("truncate kamailio_sync.activity");
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Drift_and_its_repair_are_told_of_accounts_and_units()
    {
        await _rig.Drain.MySql.ExecuteAsync(BreakAll);

        await _rig.RunAsync();

        Assert.Equal(
            [
                $"drift_found|{_account}|{_unit}|(null)", $"drift_repaired|{_account}|{_unit}|(null)",
                $"unit_drift_found|(null)|{_unit}|12", $"unit_drift_repaired|(null)|{_unit}|12",
            ],
            await NotesAsync());
        Assert.Empty(await ToldAsync());
    }

    [Fact]
    public async Task A_dry_run_tells_nothing()
    {
        await _rig.Drain.MySql.ExecuteAsync(BreakAll);

        await _rig.RunAsync(dryRun: true);

        Assert.Empty(await NotesAsync());
    }

    [Fact]
    public async Task A_repair_is_told_when_it_happens_however_late_and_the_drift_only_once()
    {
        await _rig.Drain.MySql.ExecuteAsync(BreakAll);
        await using (await OpenTransaction.BeginAsync(_rig.Drain.MySql, "select * from neolia_account for update"))
        {
            using var killed = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _rig.RunAsync(
                atProgress: step => step.StartsWith("repairing", StringComparison.Ordinal) ? killed.CancelAsync() : Task.CompletedTask,
                killed: killed.Token));
            await _rig.RunAsync(dryRun: true);
            Assert.DoesNotContain("drift_repaired", (await NotesAsync()).Select(note => note.Split('|')[0]));
        }

        await Until.TrueAsync("the repair is acknowledged", async () => (await _rig.Dashboard.QueueAsync()).Count == 0);
        await _rig.RunAsync();

        Assert.Equal(
            ["drift_found", "drift_repaired", "unit_drift_found", "unit_drift_repaired"],
            (await NotesAsync()).Select(note => note.Split('|')[0]));
    }

    [Fact]
    public async Task Of_what_is_deleted_before_it_is_repaired_nothing_waits_to_be_told()
    {
        await _rig.Drain.Postgres.ExecuteAsync($"insert into kamailio_sync.told_drift values ('account', '{_account}'), ('unit_rules', '{_unit}')");

        await _rig.Drain.Postgres.ExecuteAsync($"delete from units where id = '{_unit}'");

        Assert.Empty(await ToldAsync());
    }

    [Fact]
    public async Task What_Supabase_does_not_know_has_nobody_to_be_told()
    {
        await _rig.Drain.MySql.ExecuteAsync("insert into neolia_identity (domain, username, account_id, version) values ('sip.neolia.app', 'orphan', uuid(), 1)");

        Assert.Equal(1, (await _rig.RunAsync()).Accounts.Orphaned);

        Assert.Empty(await NotesAsync());
        Assert.Empty(await ToldAsync());
    }

    private async Task<IEnumerable<string>> NotesAsync() => (await _rig.Drain.Postgres.RowsAsync(
        "select action, account_id, unit_id, detail ->> 'name' from kamailio_sync.activity where action like '%drift%'")).Order(StringComparer.Ordinal);

    private Task<List<string>> ToldAsync() => _rig.Drain.Postgres.RowsAsync("select kind from kamailio_sync.told_drift");
}
