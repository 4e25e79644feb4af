using System.Diagnostics;
using Neolia.Chaos.Arenas;
using Neolia.Chaos.Doorbells;
using Neolia.Chaos.Faults;
using Neolia.Chaos.Workers;

namespace Neolia.Chaos.Parts;

/// <summary>
/// Recovery times one by one, with nobody else at work: of a change whose worker dies, of one whose doorbell is lost, and
/// of all that people had changed when a database died under the processes' hands.
/// Under load others look at the queue all the time, and the times would flatter.
/// </summary>
internal sealed class RecoveryTimes(Ground ground)
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Timer = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LoadFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(1);

    // The defaults: a lease that is not given back would be waited for for half a minute.
    private static readonly Dictionary<string, string> AsDeployed = new()
    {
        ["Drain__Lease"] = "00:00:30",
        ["Drain__Interval"] = "00:00:15",
        ["Drain__LingerFor"] = "00:00:05",
        ["Drain__LingerPoll"] = "00:00:00.020",
        ["Drain__OutageBackoff"] = "00:00:01",
        ["Drain__BackoffFrom"] = "00:00:01",
        ["Drain__BackoffTo"] = "00:05:00",
        ["Drain__BatchSize"] = "400",
        ["Drain__Lanes"] = "3",
    };

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

        ground.Gate.Mode = GateMode.Open;
        await StartAsync(2, AsDeployed, cancellationToken);
        var (postgres, mariaDb) = (ground.Arena.Stack.Postgres, ground.Arena.Stack.MariaDb);
        for (var round = 0; round < rounds * 3; round++)
        {
            await LoseAsync("PostgreSQL", () => Outage.OfPostgresAsync(postgres, Away), cancellationToken);
            await LoseAsync("MariaDB", () => Outage.OfMariaDbAsync(mariaDb, Away), cancellationToken);
        }

        ground.Crew.Options = new CrewOptions();
        ground.Crew.Calm();
        await ground.Checker.CheckAsync(ofOneHistory: true, cancellationToken);
    }

    /// <summary>Dies while people change things and turns are under way; nobody changes anything when it is back.</summary>
    private async Task LoseAsync(string database, Func<Task> lose, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var writing = ground.Writers.RunAsync(enough.Token);
        await Task.Delay(LoadFor, cancellationToken);
        var lost = lose();
        await enough.CancelAsync();
        await Task.WhenAll(writing, lost);
        ground.Arena.ForgetConnections();
        ground.Faults.Recovered($"{database} back after it was killed under load", await AcknowledgedAsync(cancellationToken));
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
