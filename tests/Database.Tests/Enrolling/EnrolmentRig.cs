using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Actions;
using Neolia.Functions.Draining;
using Neolia.Functions.Enrolling;
using Neolia.Functions.Supabase;
using Npgsql;

namespace Neolia.Database.Tests.Enrolling;

/// <summary>An account with a panel, and the program's own parts that make and redeem links for it.</summary>
public sealed class EnrolmentRig : IAsyncDisposable
{
    private readonly SupabaseDatabase _app;
    private readonly DrainOptions _options;

    private EnrolmentRig(DrainRig rig, Worker worker)
    {
        Rig = rig;
        _app = SupabaseDatabase.Open(rig.SupabaseOptions, rig.Secrets);
        // Nobody runs the drain: whoever waits for it is told that the change is queued.
        _options = new DrainOptions { RequestBudget = TimeSpan.FromMilliseconds(1) };
        Refusals = new RefusalNotes(_app, NullLogger<RefusalNotes>.Instance);
        Maker = new EnrolmentMaker(new AccountLookup(_app), _app);
        Redeemer = new EnrolmentRedeemer(
            _app, new QueueWatch(_app, worker.Runner), Refusals, Options.Create(rig.KamailioOptions), Options.Create(_options));
    }

    public DrainRig Rig { get; }

    public EnrolmentMaker Maker { get; }

    public EnrolmentRedeemer Redeemer { get; }

    public RefusalNotes Refusals { get; }

    public Guid Unit { get; private set; }

    public Guid Account { get; private set; }

    public NpgsqlDataSource Postgres => Rig.Postgres;

    public static async Task<EnrolmentRig> CreateAsync(SupabaseFixture supabase, MariaDbFixture mariaDb)
    {
        var rig = await DrainRig.CreateAsync(supabase, mariaDb);
        var worker = rig.NewWorker();
        var unit = await rig.Dashboard.CreateUnitAsync();
        var account = await rig.Dashboard.CreateAccountAsync(unit, "panel401");
        await worker.DrainAsync();
        return new EnrolmentRig(rig, worker) { Unit = unit, Account = account };
    }

    public async Task<NewEnrolment> MakeAsync(Guid? account = null)
    {
        var (outcome, link) = await Maker.MakeAsync(new Caller.Service(), account ?? Account, TimeSpan.FromDays(1), TestContext.Current.CancellationToken);
        Assert.Equal(EnrolmentOutcome.Made, outcome);
        return link!;
    }

    /// <summary>The password; null for a dead link.</summary>
    public async Task<string?> RedeemAsync(NewEnrolment link) =>
        (await Redeemer.RedeemAsync(link.Id, link.Secret, TestContext.Current.CancellationToken))?.Configuration!.Password;

    /// <summary><c>redeemed|revoked</c> of a link; none when it is gone.</summary>
    public async Task<string?> StateAsync(NewEnrolment link) =>
        (await Postgres.RowsAsync($"select redeemed_at is not null, revoked_at is not null from sip_account_enrolments where id = '{link.Id}'")).SingleOrDefault();

    /// <summary>Until somebody waits for a lock in this database.</summary>
    public Task SomebodyWaitsAsync() => Until.TrueAsync("somebody waits for a lock", async () =>
        (await Postgres.RowsAsync("select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")).Count > 0);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await Rig.DisposeAsync();
    }
}
