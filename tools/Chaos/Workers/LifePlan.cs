using System.Globalization;

namespace Neolia.Chaos.Workers;

internal enum Blow
{
    Kill,

    /// <summary>SIGSTOP for longer than the lease, then SIGCONT.</summary>
    Stall,
}

/// <param name="Visit">At how many-eth passing.</param>
internal sealed record Ambush(DrainStep Step, Moment Moment, int Visit, Blow Blow);

/// <summary>What one process is started with and what becomes of it, drawn from the seed.</summary>
/// <param name="Lifetime">It is killed then, wherever it is.</param>
/// <param name="FromFirstStep">Its lifetime is counted from the first step of its drain; else from its start.</param>
/// <param name="Stall">How long it is stopped, if its ambush says so.</param>
/// <param name="ClockOffset">How far its clock is off; null for a right one.</param>
/// <param name="Jumps">Where its clock jumps to while it runs, one after the other.</param>
internal sealed record LifePlan(
    Ambush? Ambush, TimeSpan Lifetime, bool FromFirstStep, TimeSpan Stall, string? ClockOffset, IReadOnlyList<ClockJump> Jumps, IReadOnlyDictionary<string, string> Settings)
{
    // Versions are renewed after a restore alone.
    private static readonly DrainStep[] Steps = [.. Enum.GetValues<DrainStep>().Where(step => step != DrainStep.RenewVersions)];
    private static readonly string[] Offsets = ["-1h", "+1h", "-3d", "+400d", "+31s"];

    public static LifePlan Draw(Random random, CrewOptions options)
    {
        var lease = TimeSpan.FromMilliseconds(random.Next(1000, 1000 + options.LeaseSpread));
        var settings = Durations(random, lease);
        var blow = random.NextDouble() < options.Stalls ? Blow.Stall : Blow.Kill;
        var (step, moment) = options.Aim.Count > 0 ? options.Aim[random.Next(options.Aim.Count)] : (Steps[random.Next(Steps.Length)], (Moment)random.Next(3));
        var ambush = random.NextDouble() < 0.12 ? null : new Ambush(step, moment, random.NextDouble() < 0.7 ? 1 : random.Next(2, 5), blow);
        var lifetime = blow == Blow.Stall && ambush is not null
            ? TimeSpan.FromSeconds(random.Next(4, 8))
            : TimeSpan.FromMilliseconds(ambush is null ? Math.Pow(random.NextDouble(), 3) * 3000 : random.Next(200, 900));
        var offset = random.NextDouble() < options.WrongClocks ? Offsets[random.Next(Offsets.Length)] : null;
        var jumps = options.JumpingClocks > 0 && random.NextDouble() < options.JumpingClocks ? ClockJump.Draw(random, Offsets) : [];
        return new LifePlan(ambush, lifetime, ambush is not null || random.Next(2) == 0, lease * (1.1 + (random.NextDouble() * 1.4)), offset, jumps, settings);
    }

    /// <summary>Lives until it is told otherwise.</summary>
    public static LifePlan Peaceful(Random random) =>
        new(null, Timeout.InfiniteTimeSpan, false, TimeSpan.Zero, null, [], Durations(random, TimeSpan.FromSeconds(1)));

    private static Dictionary<string, string> Durations(Random random, TimeSpan lease) => new()
    {
        ["Drain__Lease"] = Text(lease),
        // Mostly few: what a killed process has taken waits for its lease, and while all of it does nobody gets to a late step.
        ["Drain__BatchSize"] = ((int[])[1, 2, 3, 5, 10, 20, 50, 400])[random.Next(8)].ToString(CultureInfo.InvariantCulture),
        ["Drain__Lanes"] = random.Next(1, 4).ToString(CultureInfo.InvariantCulture),
        ["Drain__BackoffFrom"] = Text(TimeSpan.FromMilliseconds(random.Next(10, 200))),
        ["Drain__BackoffTo"] = Text(TimeSpan.FromMilliseconds(random.Next(200, 1000))),
        ["Drain__OutageBackoff"] = Text(TimeSpan.FromMilliseconds(random.Next(50, 1000))),
        ["Drain__LingerPoll"] = Text(TimeSpan.FromMilliseconds(random.Next(5, 60))),
        ["Drain__LingerFor"] = Text(TimeSpan.FromMilliseconds(random.Next(0, 3000))),
        ["Drain__Interval"] = Text(TimeSpan.FromMilliseconds(random.Next(300, 2000))),
        ["Reconcile__Interval"] = Text(TimeSpan.FromSeconds(random.Next(2, 30))),
        ["Registrations__Interval"] = Text(TimeSpan.FromSeconds(random.Next(1, 30))),
    };

    private static string Text(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);
}

/// <param name="Alive">Most processes side by side.</param>
/// <param name="Stalls">Share of the ambushes that stop a process instead of killing it.</param>
/// <param name="WrongClocks">Share of the processes whose clock is wrong.</param>
/// <param name="LeaseSpread">Leases are from one second to this many milliseconds more.</param>
/// <param name="JumpingClocks">Share of the processes whose clock jumps while they run.</param>
internal sealed record CrewOptions(
    int Alive = CrewOptions.Usual, double Stalls = 0.06, double WrongClocks = 0, int LeaseSpread = 1500, double JumpingClocks = 0)
{
    /// <summary>Places for processes.</summary>
    public const int Slots = 8;

    /// <summary>Processes side by side where it is not their number that matters.</summary>
    public const int Usual = 6;

    /// <summary>Where they are killed and stopped; anywhere if empty.</summary>
    public IReadOnlyList<(DrainStep Step, Moment Moment)> Aim { get; init; } = [];

    /// <summary>Of every process; they win over those that are drawn.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
