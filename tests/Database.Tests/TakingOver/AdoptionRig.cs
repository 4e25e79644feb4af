using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Neolia.Database.Tests.Draining;
using Neolia.Functions.Actions;
using Neolia.Functions.Credentials;
using Neolia.Functions.Draining;
using Neolia.Functions.Subjects;
using Neolia.Functions.TakingOver;

namespace Neolia.Database.Tests.TakingOver;

/// <summary>The step before which an adoption is killed, or which first lets the test do something.</summary>
public sealed record AdoptionSteps
{
    public Func<Task>? BeforeStore { get; init; }

    public Func<Task>? BeforeHandover { get; init; }

    public Func<Task>? BeforeMark { get; init; }
}

/// <summary>The real adoption over the real roles, with a drain beside it.</summary>
public sealed class AdoptionRig : IAsyncDisposable
{
    private readonly AppConnections _connections;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _draining;

    public AdoptionRig(DrainRig rig, AdoptionSteps? steps = null)
    {
        _connections = new AppConnections(rig);
        var worker = rig.NewWorker();
        var runner = new DrainRunner(worker.Turn.RunAsync, worker.Turn.GiveBackAsync, Options.Create(rig.Options), NullLogger<DrainRunner>.Instance);
        _draining = runner.RunAsync(_ended.Token);
        var supabase = _connections.Supabase();
        var kamailio = _connections.Kamailio();
        Adoption = new Adoption(
            new Guests(kamailio),
            new AccountNames(supabase),
            new CredentialStore(_connections.Supabase(steps?.BeforeStore)),
            new Handover(_connections.Kamailio(steps?.BeforeHandover)),
            new DirtyMarks(_connections.Supabase(steps?.BeforeMark)),
            new QueueWatch(supabase, runner),
            Options.Create(rig.KamailioOptions),
            Options.Create(rig.Options));
    }

    public Adoption Adoption { get; }

    public async Task<AdoptionOutcome> AdoptAsync(string username, bool dryRun = false) =>
        (await Adoption.RunAsync(new SipName(username, Dashboard.Domain), dryRun, TestContext.Current.CancellationToken)).Outcome;

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await Task.WhenAny(_draining);
        await _connections.DisposeAsync();
        _ended.Dispose();
    }
}
