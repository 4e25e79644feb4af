using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;
using Neolia.Functions.Applying;
using Neolia.Functions.Claiming;
using Neolia.Functions.Draining;
using Neolia.ProtocolModel.Databases;
using Neolia.ProtocolModel.Scheduling;

namespace Neolia.ProtocolModel.Actors;

/// <summary>
/// A process of the function app with its lanes: the program's own drain, claim by claim, over the models of both
/// databases. When it is killed another one takes its place, which remembers nothing.
/// </summary>
internal sealed class WorkerProcess
{
    private static readonly HashSet<string> s_served = ["sip.neolia.app"];

    private readonly IWorld _world;
    private readonly SupabaseModel _supabase;
    private readonly Clock _clock;
    private DrainTurn _turn;

    public WorkerProcess(IWorld world, ModelWorld model, IReadOnlyList<Actor> lanes)
    {
        (_world, _supabase, _clock, Lanes) = (world, model.Supabase, model.Clock, lanes);
        _turn = Boot();
    }

    public IReadOnlyList<Actor> Lanes { get; }

    /// <summary>After a turn: what it says, and the rows that were due and free when it began, by place.</summary>
    public event Action<TurnReport, Dictionary<Guid, long>>? TurnEnded;

    /// <summary>Lets the lane's next statement reach its server; begins a turn where none runs.</summary>
    public bool Step(Actor lane)
    {
        if (lane.IsIdle)
            lane.Start(RunAsync);
        return lane.Step();
    }

    /// <summary>SIGKILL: the servers roll back what was open, and a new process knows nothing of it.</summary>
    public void Kill()
    {
        foreach (var lane in Lanes)
            lane.Kill();
        _world.Killed(Lanes);
        _turn = Boot();
    }

    private async Task RunAsync()
    {
        var (waiting, rollbacks) = (Waiting(), _supabase.Rollbacks);
        try
        {
            var report = await _turn.RunAsync(thorough: true, CancellationToken.None);

            // A row may have been locked by somebody who changed his mind: then it was rightly passed over.
            TurnEnded?.Invoke(report, _supabase.Rollbacks == rollbacks ? waiting : []);
        }
        catch (Exception exception) when (exception is IOException or MySqlException)
        {
            // Supabase's database failed: DrainRunner waits a moment and goes on.
        }
    }

    private Dictionary<Guid, long> Waiting()
    {
        var now = _supabase.Now();
        return _supabase.Queue.Committed.Where(q => q.Value.IsDue(now) && _supabase.Queue.OwnerOf(q.Key) is null).ToDictionary(q => q.Key, q => q.Value.Place);
    }

    private DrainTurn Boot() => new(
        new Claimer(_world.Drain.Claim, _clock),
        _world.Drain.Read,
        new AccountApplier(_world.Drain.OpenSessionAsync, s_served),
        units: null!,
        new ContactKicker(_world.Drain.Kick),
        _world.Drain.Acknowledge,
        _world.Drain.Renew,
        new DrainOptions { BatchSize = 2, Lease = TimeSpan.FromMinutes(5) },
        _clock,
        new Random(1),
        NullLogger<DrainTurn>.Instance);
}
