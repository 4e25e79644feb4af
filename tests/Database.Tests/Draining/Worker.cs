using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Neolia.Functions.Acknowledging;
using Neolia.Functions.Applying;
using Neolia.Functions.Claiming;
using Neolia.Functions.Draining;
using Neolia.Functions.Reading;

namespace Neolia.Database.Tests.Draining;

/// <summary>
/// The real drain turn over the real roles; its steps may stall.
/// </summary>
public sealed class Worker : IAsyncDisposable
{
    private readonly AppConnections _connections;

    public Worker(DrainRig rig, DrainOptions options, Stalls? stalls = null)
    {
        _connections = new AppConnections(rig);
        var supabase = _connections.Supabase();
        var apply = _connections.Kamailio(stalls?.BeforeApply);
        Turn = new DrainTurn(
            new Claimer(supabase),
            new DesiredReader(_connections.Supabase(stalls?.BeforeRead)),
            new AccountApplier(apply, rig.KamailioOptions.ServedDomains),
            new UnitApplier(apply, rig.KamailioOptions.ServedDomains),
            new ContactKicker(_connections.Kamailio(stalls?.BeforeKick)),
            new Acknowledger(_connections.Supabase(stalls?.BeforeAcknowledge)),
            new VersionRenewal(supabase),
            Options.Create(options),
            NullLogger<DrainTurn>.Instance);
        Runner = new DrainRunner(Turn.RunAsync, Turn.GiveBackAsync, Options.Create(options), NullLogger<DrainRunner>.Instance);
    }

    public DrainTurn Turn { get; }

    public DrainRunner Runner { get; }

    public Task<TurnReport> TurnAsync() => Turn.RunAsync(thorough: true, TestContext.Current.CancellationToken);

    /// <summary>Turns until nothing is due. Fails when that takes more turns than any honest work.</summary>
    public async Task<IReadOnlyList<SubjectResult>> DrainAsync()
    {
        var results = new List<SubjectResult>();
        for (var turns = 0; turns < 50; turns++)
        {
            var report = await TurnAsync();
            if (report == TurnReport.NothingDue)
                return results;
            results.AddRange(report.Results);
        }

        throw new InvalidOperationException($"Still work after 50 turns, at last: {string.Join(", ", results.TakeLast(3))}");
    }

    public ValueTask DisposeAsync() => _connections.DisposeAsync();
}
