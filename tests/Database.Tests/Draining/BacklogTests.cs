using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Claiming;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Npgsql;

namespace Neolia.Database.Tests.Draining;

/// <summary>Bulk changes: one doorbell, many batches, several at once.</summary>
public sealed class BacklogTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];
    private DrainRig _rig = null!;
    private Guid _site;
    private Guid _unit;

    private Dashboard Dashboard => _rig.Dashboard;

    public async ValueTask InitializeAsync()
    {
        _rig = await DrainRig.CreateAsync(supabase, mariaDb);
        _rig.Options.BatchSize = 20;
        _site = await Dashboard.CreateSiteAsync();
        _unit = await Dashboard.CreateUnitAsync(await Dashboard.CreateBuildingAsync(_site));
        await _rig.Postgres.ExecuteAsync("""
            select vault.create_secret('http://127.0.0.1:9/', 'neolia_doorbell_url'),
                   vault.create_secret('whsec_' || encode(sha256(random()::text::bytea), 'base64'), 'neolia_doorbell_secret')
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).ContinueWith(_ => { }, TaskScheduler.Default);
        await _rig.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task Import_rekey_and_deletion_of_a_site_ring_once_each_and_are_applied_by_several_workers_at_once()
    {
        await RingsOnceAsync($"""
            insert into sip_accounts (unit_id, username, type) select '{_unit}', 'import-' || i, 'panel' from generate_series(1, 2000) i
            """);
        await DrainAsync(processes: 2);
        await Convergence.AssertAsync(_rig);

        await RingsOnceAsync("update kamailio_sync.credentials set ha1 = md5('a' || account_id), ha1b = md5('b' || account_id), issued_at = now()");
        await DrainAsync(processes: 2);
        await Convergence.AssertAsync(_rig);

        await RingsOnceAsync($"delete from sites where id = '{_site}'");
        await DrainAsync(processes: 2);
        Assert.Empty(await _rig.MySql.SubscriberNamesAsync());
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Who_asks_in_the_middle_of_a_backlog_is_answered_when_all_of_it_is_applied()
    {
        await Dashboard.CreateAccountsAsync(_unit, "many", 600);
        var runner = Start();
        var first = runner.DrainAsync(Deadline, TestContext.Current.CancellationToken);
        await Until.TrueAsync("some of it is applied", async () => await _rig.MySql.ValueAsync("select count(*) > 100 from subscriber") == "1");

        var second = await runner.DrainAsync(Deadline, TestContext.Current.CancellationToken);

        Assert.True(second.Complete);
        Assert.Empty(await Dashboard.QueueAsync());
        Assert.InRange(second.Applied, 1, 600);
        Assert.Equal((true, 601), ((await first).Complete, (await first).Applied));
    }

    [Fact]
    public async Task What_becomes_due_behind_the_place_of_the_last_claim_is_claimed_before_nothing_is_said_to_be_due()
    {
        using var claimer = new Claimer(SupabaseDatabase.Open(_rig.SupabaseOptions, _rig.Secrets));
        // It began before all others, so its row comes before theirs, and commits when they are half claimed.
        await using var late = await OpenTransaction.BeginAsync(_rig.Postgres, "select now()");
        await Dashboard.CreateAccountsAsync(_unit, "early", 100);
        await ClaimAsync(20);
        await ClaimAsync(20);
        await late.ExecuteAsync($"insert into sip_accounts (unit_id, username, type) values ('{_unit}', 'late', 'panel')");
        await late.ExecuteAsync("update kamailio_sync.queue set next_attempt_at = now() - interval '1 minute' where subject_id = (select id from sip_accounts where username = 'late')");
        await late.CommitAsync();

        var claimed = new List<Subject>();
        while (await ClaimAsync(20) is { Count: > 0 } subjects)
            claimed.AddRange(subjects);

        Assert.Equal(100 + 1 + 1 - 40, claimed.Distinct().Count());
        Assert.Contains(claimed, s => s.Id == Guid.Parse(_rig.Postgres.ValueAsync("select id from sip_accounts where username = 'late'").Result));

        async Task<IReadOnlyList<Subject>> ClaimAsync(int limit) =>
            (await claimer.ClaimDueAsync(limit, TimeSpan.FromMinutes(1), thorough: true, TestContext.Current.CancellationToken)).Subjects;
    }

    // As it is when a bulk change comes: the planner knows of an empty queue, if of any.
    [Fact]
    public async Task A_batch_reads_its_own_rows_and_not_all_that_wait()
    {
        await _rig.NewWorker().DrainAsync();
        await _rig.Postgres.ExecuteAsync("truncate kamailio_sync.queue");
        await _rig.Postgres.ExecuteAsync("analyze kamailio_sync.queue");

        await AssertBatchesReadTheirOwnRowsAsync();
    }

    // As it is while somebody holds an old snapshot: many pages, not a row in them, and vacuum has told the planner so.
    [Fact]
    public async Task A_batch_reads_its_own_rows_also_where_the_statistics_are_of_pages_full_of_dead_rows()
    {
        await _rig.NewWorker().DrainAsync();
        await using var held = await OpenTransaction.BeginAsync(_rig.Postgres, "select count(*) from sites", System.Data.IsolationLevel.RepeatableRead);
        await _rig.Postgres.ExecuteAsync($"insert into sip_accounts (unit_id, username, type) select '{_unit}', 'gone-' || i, 'panel' from generate_series(1, 2000) i");
        await _rig.Postgres.ExecuteAsync("delete from sip_accounts where username like 'gone-%'");
        await _rig.Postgres.ExecuteAsync("delete from kamailio_sync.queue");
        await _rig.Postgres.ExecuteAsync("vacuum analyze kamailio_sync.queue, sip_account_sync");
        Assert.Equal("0|1", await _rig.Postgres.ValueAsync("select reltuples, relpages > 10 from pg_class where oid = 'kamailio_sync.queue'::regclass"));

        await AssertBatchesReadTheirOwnRowsAsync();
    }

    private async Task AssertBatchesReadTheirOwnRowsAsync()
    {
        const int accounts = 3_000;
        const string rowsRead = "select seq_tup_read + idx_tup_fetch from pg_stat_user_tables where relid = 'kamailio_sync.queue'::regclass";
        await _rig.Postgres.ExecuteAsync($"insert into sip_accounts (unit_id, username, type) select '{_unit}', 'many-' || i, 'panel' from generate_series(1, {accounts}) i");
        await ForgetCountersAsync();

        var worker = _rig.NewWorker();
        Assert.Equal(accounts, (await worker.DrainAsync()).Count);

        // A session tells what it counted when it ends.
        await worker.DisposeAsync();
        await Until.TrueAsync("the worker's sessions have told", async () =>
            await _rig.Postgres.ValueAsync($"select n_tup_del >= {accounts} from pg_stat_user_tables where relid = 'kamailio_sync.queue'::regclass") == "1");
        Assert.InRange(long.Parse(await _rig.Postgres.ValueAsync(rowsRead), null), accounts, 4 * accounts);
    }

    /// <summary>Also what ended sessions told late: with them the counters begin at nothing.</summary>
    private async Task ForgetCountersAsync()
    {
        await _rig.Postgres.ExecuteAsync("select pg_stat_force_next_flush()");
        await using var superuser = NpgsqlDataSource.Create(_rig.Supabase.SuperuserConnectionString);
        await superuser.ExecuteAsync("select pg_stat_reset_single_table_counters('kamailio_sync.queue'::regclass)");
    }

    private async Task RingsOnceAsync(string bulkChange)
    {
        var before = await DoorbellsAsync();
        await _rig.Postgres.ExecuteAsync(bulkChange);
        Assert.Equal(before + 1, await DoorbellsAsync());
    }

    private async Task<int> DoorbellsAsync() => int.Parse(
        await _rig.Postgres.ValueAsync("select count(*) from net.http_request_queue"), System.Globalization.CultureInfo.InvariantCulture);

    private async Task DrainAsync(int processes)
    {
        var runners = Enumerable.Range(0, processes).Select(_ => Start()).ToList();
        await Task.WhenAll(runners.Select(runner => runner.DrainAsync(Deadline, TestContext.Current.CancellationToken)));
        await Until.TrueAsync("the queue is empty", async () => (await Dashboard.QueueAsync()).Count == 0);
    }

    private Functions.Draining.DrainRunner Start()
    {
        var runner = _rig.NewWorker().Runner;
        _running.Add(runner.RunAsync(_stop.Token));
        return runner;
    }
}
