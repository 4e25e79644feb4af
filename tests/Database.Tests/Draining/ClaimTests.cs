using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Acknowledging;
using Neolia.Functions.Applying;
using Neolia.Functions.Claiming;
using Neolia.Functions.Reading;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Npgsql;

namespace Neolia.Database.Tests.Draining;

/// <summary>Where a claim looks, and what it says of where it found something.</summary>
public sealed class ClaimTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private DrainRig _rig = null!;
    private SupabaseDatabase _database = null!;
    private Guid _unit;
    private Guid _account;

    public async ValueTask InitializeAsync()
    {
        _rig = await DrainRig.CreateAsync(supabase, mariaDb);
        _database = SupabaseDatabase.Open(_rig.SupabaseOptions, _rig.Secrets);
        _unit = await _rig.Dashboard.CreateUnitAsync();
        await _rig.NewWorker().DrainAsync();
        _account = await _rig.Dashboard.CreateAccountAsync(_unit, "panel401");
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _rig.DisposeAsync();
    }

    [Fact]
    public async Task Look_at_the_last_seconds_finds_what_became_due_in_them_and_not_what_did_long_before()
    {
        await _rig.Postgres.ExecuteAsync("update kamailio_sync.queue set next_attempt_at = now() - interval '1 hour'");
        var fresh = await _rig.Dashboard.CreateAccountAsync(_unit, "panel402");

        Assert.Equal([fresh], await ClaimAsync(QueuePosition.Lately));
        Assert.Equal([_account], await ClaimAsync(QueuePosition.Start));
    }

    [Theory]
    [InlineData("now() + interval '1 minute'")]
    [InlineData("'infinity'")]
    public async Task What_backs_off_or_is_parked_is_not_claimed(string nextAttempt)
    {
        await _rig.Postgres.ExecuteAsync($"update kamailio_sync.queue set next_attempt_at = {nextAttempt}");

        Assert.Empty(await ClaimAsync(QueuePosition.Start));
    }

    // With statistics of an empty queue all its indexes look alike to the planner.
    [Fact]
    public async Task Index_of_the_order_cannot_be_taken_for_one_by_subject()
    {
        await using var connection = await _rig.Postgres.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("""
            alter table kamailio_sync.queue drop constraint queue_pkey;
            set local enable_seqscan = off;
            explain select from kamailio_sync.queue where kind = 'account' and subject_id = gen_random_uuid()
            """, connection);

        Assert.StartsWith("Seq Scan", (string?)await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lease_knows_the_places_and_the_turn_needs_no_index_for_the_queue()
    {
        await _rig.Dashboard.CreateAccountsAsync(_unit, "many", 500);
        using var claimer = new Claimer(_database);
        var lease = await claimer.ClaimDueAsync(1_000, TimeSpan.FromMinutes(1), thorough: true, TestContext.Current.CancellationToken);
        Assert.Equal(await _rig.Postgres.RowsAsync("select ctid from kamailio_sync.queue order by next_attempt_at, subject_id"), lease.Subjects.Select(lease.PlaceOf));
        Assert.Empty(await claimer.FreeAsync(lease, TestContext.Current.CancellationToken));

        var worker = _rig.NewWorker();
        await CountScansAsync(reset: true);
        await worker.DrainAsync();

        // A session tells what it counted when it ends.
        await worker.DisposeAsync();
        await Until.TrueAsync("the worker's sessions have told", async () =>
            await _rig.Postgres.ValueAsync("select n_tup_del > 0 from pg_stat_user_tables where relid = 'kamailio_sync.queue'::regclass") == "1");
        Assert.Equal(0, await CountScansAsync());
    }

    [Fact]
    public async Task Rows_that_moved_after_the_claim_are_found_by_their_keys()
    {
        const string move = "update kamailio_sync.queue set enqueued_at = enqueued_at";
        var worker = _rig.NewWorker(new Stalls
        {
            BeforeRead = () => _rig.Postgres.ExecuteAsync(move),
            BeforeAcknowledge = () => _rig.Postgres.ExecuteAsync(move),
        });

        await worker.TurnAsync();

        Assert.Empty(await _rig.Dashboard.QueueAsync());
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Row_that_stands_in_anothers_place_is_not_mistaken_for_it()
    {
        await _rig.Dashboard.CreateAccountAsync(_unit, "panel402");
        using var claimer = new Claimer(_database);
        var lease = await claimer.ClaimDueAsync(10, TimeSpan.FromMinutes(1), thorough: true, TestContext.Current.CancellationToken);
        var (one, other) = (lease.Subjects[0], lease.Subjects[1]);
        lease = lease with { Places = new Dictionary<Subject, string> { [one] = lease.Places[other], [other] = lease.Places[one] } };

        var read = await new DesiredReader(_database).ReadAccountsAsync(lease, TestContext.Current.CancellationToken);
        Assert.Equal(
            await _rig.Postgres.RowsAsync("select subject_id, version from kamailio_sync.queue order by subject_id"),
            read.Select(a => $"{a.Id}|{a.Version}"));

        var first = read.Single(a => a.Id == one.Id);
        var acknowledgement = Acknowledgement.Of(new SubjectResult(one, first.Version, Outcome.Created, first.State), TimeSpan.Zero) with { Place = lease.PlaceOf(one) };
        Assert.Equal([one], await new Acknowledger(_database).AcknowledgeAsync([acknowledgement], TestContext.Current.CancellationToken));
        Assert.Equal([$"account|{other.Id}"], await _rig.Dashboard.QueueAsync());
    }

    private async Task<List<Guid>> ClaimAsync(QueueKey from)
    {
        var claimed = await new ClaimStatements(_database).ClaimAsync(Guid.NewGuid(), 10, TimeSpan.FromMinutes(1), from, TestContext.Current.CancellationToken);
        return [.. claimed.Subjects.Select(s => s.Id)];
    }

    private async Task<int> CountScansAsync(bool reset = false)
    {
        await using var superuser = NpgsqlDataSource.Create(_rig.Supabase.SuperuserConnectionString);
        if (reset)
        {
            await _rig.Postgres.ExecuteAsync("select pg_stat_force_next_flush()");
            await superuser.ExecuteAsync("select pg_stat_reset()");
        }

        return int.Parse(await superuser.ValueAsync("""
            select i.idx_scan + t.seq_scan
            from pg_stat_user_indexes i join pg_stat_user_tables t using (relid)
            where i.indexrelid = 'kamailio_sync.queue_pkey'::regclass
            """), null);
    }
}
