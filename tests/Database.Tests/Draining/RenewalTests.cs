using System.Globalization;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Acknowledging;
using Neolia.Functions.Applying;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;

namespace Neolia.Database.Tests.Draining;

/// <summary>Rule M2: Kamailio's database has seen more than Supabase remembers, as after a restored backup.</summary>
public sealed class RenewalTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private const long SeenByKamailio = 5_000_000;

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

        // A busy year later everything goes back to the first day.
        await _rig.Postgres.ExecuteAsync($"select setval('kamailio_sync.version', {SeenByKamailio - 10})");
        await Dashboard.RekeyAsync(_account);
        await _rig.Postgres.ExecuteAsync("update units set number = '402'");
        await _worker.DrainAsync();
        await _rig.Postgres.ExecuteAsync("select setval('kamailio_sync.version', 100)");
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Change_behind_the_fence_is_not_acknowledged_but_gets_a_version_above_it()
    {
        await Dashboard.RekeyAsync(_account);

        Assert.Equal(Outcome.Superseded, Assert.Single((await _worker.TurnAsync()).Results).Outcome);

        Assert.Equal("pending|1|(null)|0", await Dashboard.SyncStateAsync(_account));
        var row = (await _rig.Postgres.ValueAsync("select version, lease_id is null, next_attempt_at <= now() from kamailio_sync.queue")).Split('|');
        Assert.Equal(["1", "1"], row[1..]);
        Assert.InRange(long.Parse(row[0], CultureInfo.InvariantCulture), SeenByKamailio + 900_000, long.MaxValue);
    }

    [Fact]
    public async Task Renewal_leaves_a_note_that_everything_is_to_be_compared()
    {
        await Dashboard.RekeyAsync(_account);
        await _worker.DrainAsync();

        Assert.Equal("0", await _rig.Postgres.ValueAsync("select is_compared::int from kamailio_sync.kamailio_progress"));
    }

    [Fact]
    public async Task Late_worker_that_meets_the_newest_version_of_all_raises_nothing_and_leaves_no_note()
    {
        var last = long.Parse(await _rig.Postgres.ValueAsync("select last_value from kamailio_sync.version"), CultureInfo.InvariantCulture);
        await using var database = SupabaseDatabase.Open(_rig.SupabaseOptions, _rig.Secrets);
        var renewal = new VersionRenewal(database);

        await renewal.RenewAsync([Superseded(last)], TestContext.Current.CancellationToken);
        Assert.Equal($"{last}", await _rig.Postgres.ValueAsync("select last_value from kamailio_sync.version"));
        Assert.Equal("0", await _rig.Postgres.ValueAsync("select count(*) from kamailio_sync.kamailio_progress where not is_compared"));

        await renewal.RenewAsync([Superseded(last + 1)], TestContext.Current.CancellationToken);
        Assert.Equal("1", await _rig.Postgres.ValueAsync("select count(*) from kamailio_sync.kamailio_progress where not is_compared"));
    }

    [Fact]
    public async Task Change_behind_the_fence_converges()
    {
        var digests = await Dashboard.RekeyAsync(_account);

        await _worker.DrainAsync();

        Assert.Equal(digests.Ha1, await _rig.MySql.ValueAsync("select ha1 from subscriber"));
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Unit_behind_its_fence_converges()
    {
        await _rig.Postgres.ExecuteAsync("update units set number = '403'");

        Assert.Contains(await _worker.DrainAsync(), r => r.Outcome == Outcome.Superseded);

        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Name_whose_owner_before_was_seen_at_a_higher_version_converges()
    {
        // In the restored database the account never existed, and its name is given to another.
        await Dashboard.DeleteAsync(_account);
        await _rig.Postgres.ExecuteAsync("delete from kamailio_sync.queue");
        var other = await Dashboard.CreateAccountAsync(_unit, "panel401");

        Assert.Contains(await _worker.DrainAsync(), r => r.Outcome == Outcome.Superseded);

        Assert.Equal($"{other}", await _rig.MySql.ValueAsync("select account_id from neolia_identity"));
    }

    [Fact]
    public async Task Many_subjects_behind_their_fences_are_renewed_together_and_the_sequence_is_raised_once()
    {
        await Dashboard.CreateAccountsAsync(_unit, "many", 50);
        await _worker.DrainAsync();
        await _rig.MySql.ExecuteAsync($"update neolia_account set version = {SeenByKamailio}");
        await Dashboard.MarkAgainAsync([.. (await _rig.Postgres.RowsAsync("select id from sip_accounts")).Select(Guid.Parse)]);

        await _worker.DrainAsync();

        var greatest = long.Parse(await _rig.Postgres.ValueAsync("select last_value from kamailio_sync.version"), CultureInfo.InvariantCulture);
        Assert.InRange(greatest, SeenByKamailio + 1_000_000, SeenByKamailio + 3_000_000);
        await Convergence.AssertAsync(_rig);
    }

    private SubjectResult Superseded(long fence) => new(new Subject(SubjectKind.Account, _account), 1, Outcome.Superseded, Fence: fence);
}
