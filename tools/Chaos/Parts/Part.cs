using Neolia.Chaos.Doorbells;
using Neolia.Chaos.Faults;
using Neolia.Chaos.Workers;

namespace Neolia.Chaos.Parts;

/// <summary>A stretch of a run with faults of its own. Processes are killed in all of them.</summary>
/// <param name="Share">Of the run's time.</param>
/// <param name="Pause">Between two faults, about.</param>
internal sealed record Part(string Name, double Share, Func<Ground, IReadOnlyList<IFault>> Faults)
{
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(500);

    public GateMode Doorbells { get; init; } = GateMode.Unruly;

    /// <summary>The network is at fault, too.</summary>
    public bool Wire { get; init; }

    public CrewOptions Crew { get; init; } = new();

    /// <summary>In the middle of each stretch a database goes back to where it was at the beginning.</summary>
    public bool Restores { get; init; }

    // With a state that is old by the time it is written, and with locks that were taken on what was true before.
    private static readonly CrewOptions Late = new(Stalls: 0.6)
    {
        Aim =
        [
            (DrainStep.ReadAccounts, Moment.Answered), (DrainStep.FindFences, Moment.Asked), (DrainStep.LockFences, Moment.Asked),
            (DrainStep.LockNames, Moment.Asked), (DrainStep.ReadUnits, Moment.Answered), (DrainStep.LockUnits, Moment.Asked),
        ],
    };

    public static readonly IReadOnlyList<Part> All =
    [
        new("processes", 0.45, _ => []) { Crew = new CrewOptions(CrewOptions.Slots) },
        new("latecomers", 0.05, _ => []) { Crew = Late },
        new("doorbells", 0.05, _ => []) { Doorbells = GateMode.Shut, Crew = new CrewOptions(CrewOptions.Slots) },
        new("clocks", 0.04, _ => []) { Crew = new CrewOptions { WrongClocks = 0.3, JumpingClocks = 0.6 } },
        new("network", 0.06, _ => []) { Wire = true },
        new("locks", 0.06, ground =>
        [
            new LockHolder(ground.Arena, ground.Random("holder")), new Deadlock(ground.Arena, ground.Random("deadlock")),
            new ReadOnlyServer(ground.Arena, ground.Random("read-only")), new FullDisk(ground.Arena, ground.Random("disk")),
        ]) { Pause = TimeSpan.FromMilliseconds(300) },
        new("restores", 0.06, _ => [])
        {
            Restores = true,
            Crew = new CrewOptions { Settings = new Dictionary<string, string> { ["Reconcile__Interval"] = "00:00:02", ["Reconcile__MaxRemovedShare"] = "1" } },
        },
        new("databases", 0.23, ground =>
        [
            new PostgresKill(ground.Arena, ground.Probe, ground.Random("postgres")),
            new BackendKill(ground.Arena, ground.Probe, ground.Random("backend")),
            new MariaDbKill(ground.Arena, ground.Probe, ground.Random("mariadb")),
            new BothKill(ground.Arena, ground.Random("both")),
        ]) { Pause = TimeSpan.FromMilliseconds(100), Crew = new CrewOptions { LeaseSpread = 500 } },
    ];
}
