using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Reconciling;

namespace Neolia.Database.Tests.Reconciling;

/// <summary>More differs than one second look takes: chunk after chunk, each marked when it was looked at.</summary>
public sealed class LargeDifferenceTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private const int Accounts = 900;

    private ReconcileRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await ReconcileRig.CreateAsync(supabase, mariaDb);
        await _rig.Dashboard.CreateAccountsAsync(await _rig.Dashboard.CreateUnitAsync(), "many", Accounts);
        await _rig.SettleAsync();
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_run_that_is_killed_in_the_middle_has_repaired_what_it_looked_at_and_the_next_goes_on()
    {
        await EditAsync("update subscriber set ha1 = md5('x')");
        using var killed = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _rig.RunAsync(
            atProgress: step => step.StartsWith($"{2 * SecondLook.MaxSubjects} diff", StringComparison.Ordinal) ? killed.CancelAsync() : Task.CompletedTask,
            killed: killed.Token));

        await _rig.SettleAsync();
        Assert.Equal($"{Accounts - SecondLook.MaxSubjects}", await _rig.Drain.MySql.ValueAsync("select count(*) from subscriber where ha1 = md5('x')"));
        var report = await _rig.RunAsync();
        Assert.Equal((true, Accounts - SecondLook.MaxSubjects), (report.Complete, report.Differences));
        await Convergence.AssertAsync(_rig.Drain);
    }

    [Fact]
    public async Task While_it_looks_again_no_long_statement_is_open()
    {
        await EditAsync("update subscriber set ha1 = md5('x')");
        var open = new List<string>();

        await _rig.RunAsync(dryRun: true, atProgress: async step =>
        {
            if (step.EndsWith("differences", StringComparison.Ordinal))
            {
                open.AddRange(await _rig.Drain.Postgres.RowsAsync($"""
                    select state, query from pg_stat_activity
                    where usename = 'neolia_functions' and datname = '{_rig.Drain.Supabase.Database}' and xact_start is not null
                      and query like '%right(l.id::text, 3)%'
                    """));
                open.AddRange(await _rig.Drain.MySql.RowsAsync($"""
                    select state, info from information_schema.processlist
                    where user = 'neolia_functions' and db = '{_rig.Drain.Kamailio.Name}' and info like '%order by cast(conv(%'
                    """));
            }
        });

        Assert.Empty(open);
    }

    [Fact]
    public async Task Where_too_much_would_go_nothing_is_marked_before_all_is_looked_at()
    {
        var queued = new List<string>();
        Task WatchAsync(string step) => step.EndsWith("differences", StringComparison.Ordinal) ? CountAsync() : Task.CompletedTask;
        async Task CountAsync() => queued.Add(await _rig.Drain.Postgres.ValueAsync("select count(*) from kamailio_sync.queue"));

        var report = await _rig.RunAsync(domains: "other.example", atProgress: WatchAsync);

        Assert.Equal((true, Accounts), (report.Refused, report.Accounts.Removed));
        Assert.Equal(["0", "0", "0"], queued);
        Assert.Empty(await _rig.Dashboard.QueueAsync());
    }

    private Task<int> EditAsync(string sql) => _rig.Drain.MySql.ExecuteAsync(sql);
}
