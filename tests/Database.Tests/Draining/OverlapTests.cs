using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Applying;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Reading;
using Neolia.Functions.Subjects;
using Npgsql;

namespace Neolia.Database.Tests.Draining;

/// <summary>Rule M3 and I4: workers on the same subjects at the same time, beside users who go on changing them.</summary>
public sealed class OverlapTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private const int Rounds = 40;

    private DrainRig _rig = null!;

    private Dashboard Dashboard => _rig.Dashboard;

    public async ValueTask InitializeAsync() => _rig = await DrainRig.CreateAsync(supabase, mariaDb);

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Overlapping_batches_in_opposite_order_lose_no_work_and_hardly_ever_deadlock()
    {
        await using var kamailio = KamailioDatabase.Open(_rig.KamailioOptions, _rig.Secrets);
        var applier = new AccountApplier(kamailio, _rig.KamailioOptions.ServedDomains);
        var accounts = Enumerable.Range(0, 60).Select(_ => Guid.NewGuid()).ToList();
        var version = 0L;
        var failures = 0;

        for (var round = 0; round < Rounds; round++)
        {
            // Each batch has its own versions; the names move round the accounts, so that the batches take from each other.
            var batches = new[] { Batch(round), Enumerable.Reverse(Batch(round)).ToList() };
            await Task.WhenAll(batches.Select(ApplyAsync));
            var newest = batches.SelectMany(b => b).GroupBy(a => a.Id).ToDictionary(g => g.Key.ToString(), g => $"{g.Max(a => a.Version)}");
            Assert.All(
                await _rig.MySql.RowsAsync("select account_id, version from neolia_account"),
                row => Assert.Equal(newest[row.Split('|')[0]], row.Split('|')[1]));
        }

        // Without the order of the locks a tenth and more of the batches ends in a deadlock.
        Assert.InRange(failures, 0, Rounds / 10);

        List<DesiredAccount> Batch(int round) => [.. accounts.Select((id, i) => new DesiredAccount(
            id,
            Interlocked.Increment(ref version),
            new AccountState(Guid.Empty, new SipName($"u{(i + round) % 60:00}", Dashboard.Domain), "panel", null, true, new AccountCredentials(new string('a', 32), new string('b', 32), true))))];

        Task<IReadOnlyList<SubjectResult>> ApplyAsync(List<DesiredAccount> batch) => Isolation.ApplyAsync(
            batch,
            async (part, cancellationToken) =>
            {
                try
                {
                    return await applier.ApplyAsync(part, cancellationToken);
                }
                catch (MySqlConnector.MySqlException)
                {
                    Interlocked.Increment(ref failures);
                    throw;
                }
            },
            a => (a.Subject, a.Version),
            new Patience(TimeProvider.System),
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Largest_batch_goes_through_when_each_account_locks_two_names()
    {
        // 499 accounts that are all renamed: each locks the name it holds and the one it wants.
        _rig.Options.BatchSize = AccountApplier.MaxBatchSize;
        var worker = _rig.NewWorker();
        await Dashboard.CreateAccountsAsync(await Dashboard.CreateUnitAsync(), "many", AccountApplier.MaxBatchSize);
        await worker.DrainAsync();
        await _rig.Postgres.ExecuteAsync("update sip_accounts set username = 'x' || username");

        Assert.Equal(AccountApplier.MaxBatchSize, (await worker.TurnAsync()).Results.Count);

        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Nothing_is_lost_while_users_change_everything_and_three_workers_take_the_same_rows()
    {
        // Leases that run out at once: all three work on the same subjects all the time.
        _rig.Options.Lease = TimeSpan.FromMilliseconds(1);
        _rig.Options.BatchSize = 12;
        var units = new List<Guid>();
        for (var i = 0; i < 4; i++)
            units.Add(await Dashboard.CreateUnitAsync($"{i}"));
        using var stop = new CancellationTokenSource();

        var workers = Enumerable.Range(0, 3).Select(_ => WorkAsync(_rig.NewWorker(), stop.Token)).ToList();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(user => ChangeAsync(user, units)));
        await stop.CancelAsync();
        await Task.WhenAll(workers);

        await _rig.ExpireLeasesAsync();
        var last = _rig.NewWorker();
        await Until.TrueAsync("the queue is empty", async () =>
        {
            await last.DrainAsync();
            return (await Dashboard.QueueAsync()).Count == 0;
        });
        await Convergence.AssertAsync(_rig);
    }

    private static async Task WorkAsync(Worker worker, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            await worker.TurnAsync();
    }

    // The same few names over and over, so that accounts take them from each other. A user's statement may be refused
    // by the unique key, or by another user's rows; it may never be the victim of a deadlock with a worker.
    private async Task ChangeAsync(int user, List<Guid> units)
    {
        var random = new Random(user);
        for (var i = 0; i < 120; i++)
        {
            var (name, other, unit) = ($"n{random.Next(12)}", $"n{random.Next(12)}", units[random.Next(units.Count)]);
            var sql = random.Next(8) switch
            {
                0 or 1 => $"insert into sip_accounts (unit_id, username, type) values ('{unit}', '{name}', 'panel')",
                2 => $"update sip_accounts set username = '{other}' where username = '{name}'",
                3 => $"update sip_accounts set enabled = not enabled where username = '{name}'",
                4 => $"delete from sip_accounts where username = '{name}'",
                5 => $"update kamailio_sync.credentials set ha1 = md5('{i}'), ha1b = md5('b{i}'), issued_at = now() where username = '{name}'",
                6 => $"update sip_accounts set unit_id = '{unit}', extension = '{i}' where username = '{name}'",
                _ => $"insert into call_rules (unit_id, name, source_pattern, action) values ('{unit}', 'r', '{name}', 'ring')",
            };
            try
            {
                await _rig.Postgres.ExecuteAsync(sql);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                // The name is taken: as good as any change.
            }
        }
    }
}
