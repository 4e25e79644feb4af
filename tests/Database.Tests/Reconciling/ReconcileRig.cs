using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Activity;
using Neolia.Functions.Draining;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Reconciling;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;

namespace Neolia.Database.Tests.Reconciling;

/// <summary>The real reconciler over the real roles, beside a drain that runs in the background as in the program.</summary>
public sealed class ReconcileRig : IAsyncDisposable
{
    private readonly AppConnections _connections;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _draining;
    private readonly SupabaseDatabase _supabase;
    private readonly KamailioDatabase _kamailio;

    private ReconcileRig(DrainRig drain)
    {
        Drain = drain;
        Worker = drain.NewWorker();
        _draining = Worker.Runner.RunAsync(_ended.Token);
        _connections = new AppConnections(drain);
        _supabase = _connections.Supabase();
        _kamailio = _connections.Kamailio();
    }

    public DrainRig Drain { get; }

    public Worker Worker { get; }

    public Dashboard Dashboard => Drain.Dashboard;

    public ReconcileOptions Options { get; } = new();

    public KamailioOptions KamailioOptions => Drain.KamailioOptions;

    public static async Task<ReconcileRig> CreateAsync(SupabaseFixture supabase, MariaDbFixture mariaDb, string characterSet = "latin1") =>
        new(await DrainRig.CreateAsync(supabase, mariaDb, characterSet));

    public Task<ReconcileReport> RunAsync(
        bool dryRun = false, bool force = false, bool askAgain = false, Func<string, Task>? atProgress = null, string? domains = null,
        CancellationToken? killed = null) =>
        NewReconciler(domains).RunAsync(
            new ReconcileRequest(dryRun, force, askAgain, TimeSpan.FromSeconds(30)), new Steps(atProgress),
            killed ?? TestContext.Current.CancellationToken);

    public async Task<Restored> LookForRestoreAsync() => (await NewReconciler(null).LookAsync(TestContext.Current.CancellationToken)).Restored;

    /// <summary>Takes the second look at one subject, and does something between its first and its second reading of Supabase.</summary>
    public Task<SecondLookResult> LookAsync(Subject subject, Func<Task> inBetween) =>
        new SecondLook(NewDesired(null), new AppliedDigests(_connections.Kamailio(inBetween), Microsoft.Extensions.Options.Options.Create(Options)))
            .TakeAsync([subject], TestContext.Current.CancellationToken);

    /// <summary>Everything that waits is applied.</summary>
    public async Task SettleAsync() =>
        Assert.True((await Worker.Runner.DrainAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Complete);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _draining.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await _connections.DisposeAsync();
        await Drain.DisposeAsync();
        _ended.Dispose();
    }

    private Reconciler NewReconciler(string? domains)
    {
        var options = Microsoft.Extensions.Options.Options.Create(Options);
        var (desired, applied) = (NewDesired(domains), new AppliedDigests(_kamailio, options));
        return new Reconciler(
            new RestoreCheck(_supabase, _kamailio), desired, applied, new SecondLook(desired, applied), new ContactSweep(_kamailio, options),
            new UnmanagedSubscribers(_kamailio, options), new DirtyMarks(_supabase), Worker.Runner,
            new ActivityLog(_supabase, Microsoft.Extensions.Options.Options.Create(new ActivityOptions())), options, NullLogger<Reconciler>.Instance);
    }

    private DesiredDigests NewDesired(string? domains) => new(
        _supabase,
        Microsoft.Extensions.Options.Options.Create(domains is null ? KamailioOptions : new KamailioOptions { Domains = domains }),
        Microsoft.Extensions.Options.Options.Create(Options));

    private sealed class Steps(Func<string, Task>? at) : IProgress<string>
    {
        public void Report(string value) => at?.Invoke(value).GetAwaiter().GetResult();
    }
}
