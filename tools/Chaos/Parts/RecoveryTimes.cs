using System.Diagnostics;
using Neolia.Chaos.Arenas;
using Neolia.Chaos.Doorbells;
using Neolia.Chaos.Workers;

namespace Neolia.Chaos.Parts;

/// <summary>
/// Recovery times one by one, with nobody else at work: of a change whose worker dies, and of one whose doorbell is lost.
/// Under load others look at the queue all the time, and the times would flatter.
/// </summary>
internal sealed class RecoveryTimes(Ground ground)
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Timer = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    // Those in which a lease is held that somebody must wait for.
    private static readonly (DrainStep Step, Moment Moment)[] Places =
    [
        (DrainStep.Claim, Moment.Done), (DrainStep.Claim, Moment.Answered), (DrainStep.ReadAccounts, Moment.Asked), (DrainStep.ReadAccounts, Moment.Done),
        (DrainStep.LockFences, Moment.Asked), (DrainStep.LockNames, Moment.Done), (DrainStep.WriteAccounts, Moment.Asked), (DrainStep.WriteAccounts, Moment.Done),
        (DrainStep.CommitAccounts, Moment.Asked), (DrainStep.CommitAccounts, Moment.Done), (DrainStep.ReadKicks, Moment.Asked), (DrainStep.Kick, Moment.Done),
        (DrainStep.CommitKick, Moment.Done), (DrainStep.Acknowledge, Moment.Asked),
    ];

    public async Task MeasureAsync(int rounds, CancellationToken cancellationToken)
    {
        ground.Gate.Mode = GateMode.Open;
        await StartAsync(CrewOptions.Slots, new() { ["Drain__Lease"] = Text(Lease), ["Drain__Interval"] = "00:00:00.5", ["Drain__LingerFor"] = "00:00:00" }, cancellationToken);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (step, moment) in Places)
            {
                var sprung = ground.Crew.Trap.Set(step, moment);
                await ground.Probe.ChangeAsync();
                await sprung.WaitAsync(Longest, cancellationToken);
                ground.Faults.Recovered($"a worker killed while it holds a lease of {Lease.TotalSeconds:0} s", await AcknowledgedAsync(cancellationToken));
            }
        }

        ground.Gate.Mode = GateMode.Shut;
        await StartAsync(1, new() { ["Drain__Interval"] = Text(Timer), ["Drain__LingerFor"] = "00:00:00" }, cancellationToken);
        for (var round = 0; round < rounds * 4; round++)
        {
            var changed = Stopwatch.GetTimestamp();
            var digest = await ground.Probe.ChangeAsync();
            ground.Faults.Recovered($"a lost doorbell, timer of {Timer.TotalSeconds:0} s", await ground.Probe.ArrivedAsync(digest, changed, cancellationToken));
        }

        ground.Crew.Options = new CrewOptions();
        ground.Crew.Calm();
        await ground.Checker.CheckAsync(ofOneHistory: true, cancellationToken);
    }

    private async Task StartAsync(int alive, Dictionary<string, string> settings, CancellationToken cancellationToken)
    {
        await ground.Crew.RestAsync(cancellationToken);
        ground.Crew.Options = new CrewOptions(Alive: alive) { Settings = settings };
        ground.Crew.Calm();

        // All of them have looked once.
        await ground.Probe.MeasureAsync(Stopwatch.GetTimestamp(), cancellationToken);
        await AcknowledgedAsync(cancellationToken);
    }

    private async Task<TimeSpan> AcknowledgedAsync(CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (await Database.PatientlyAsync(
            () => ground.Arena.Supabase.ReadOneAsync<long>("select count(*) from kamailio_sync.queue where next_attempt_at < 'infinity'", cancellationToken), cancellationToken) > 0)
        {
            if (Stopwatch.GetElapsedTime(began) > Longest)
                return Longest;
            await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken);
        }

        return Stopwatch.GetElapsedTime(began);
    }

    private static string Text(TimeSpan time) => time.ToString("c", System.Globalization.CultureInfo.InvariantCulture);
}
