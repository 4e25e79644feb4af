using System.Diagnostics;
using Neolia.Chaos.Faults;

namespace Neolia.Chaos.Workers;

/// <summary>One process from its start to its death.</summary>
internal sealed class Life(Process process, LifePlan plan, CrewLog log, Trap trap)
{
    private static readonly TimeSpan LongestAmbush = TimeSpan.FromMilliseconds(20);

    private readonly TaskCompletionSource _struck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _born = Stopwatch.GetTimestamp();
    private long _begunAt;
    private int _visits;
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _armed = plan.Ambush is not null;
    private volatile bool _dead;

    /// <summary>Where it was killed; null while it lives, or when it died at a moment that nobody chose.</summary>
    public (DrainStep Step, Moment Moment)? KilledAt { get; private set; }

    /// <summary>Completes with the first step of its drain.</summary>
    public Task Begun => _begun.Task;

    public bool IsDead => _dead;

    public void Disarm() => _armed = false;

    /// <summary>Told by the wire. False when the process is dead now: nothing of it goes on.</summary>
    public async ValueTask<bool> PassesAsync(DrainStep step, Moment moment)
    {
        if (_dead)
            return false;
        log.Passed(step);
        if (_begun.TrySetResult())
        {
            _begunAt = Stopwatch.GetTimestamp();
            log.Began(Stopwatch.GetElapsedTime(_born));
        }

        if (trap.Springs(step, moment))
        {
            KilledAt = (step, moment);
            Kill();
            return false;
        }

        if (!_armed || plan.Ambush is not { } ambush || ambush.Moment != moment || !IsHere(ambush, step))
            return true;

        _armed = false;
        if (ambush.Blow == Blow.Kill)
        {
            KilledAt = (step, moment);
            Kill();
            return false;
        }

        log.Stalled(step);
        Send(Processes.Stop);
        // Its request, or its answer, is on its way meanwhile, and arrives late.
        await Task.WhenAny(Task.Delay(plan.Stall), _struck.Task);
        Send(Processes.Continue);
        return !_dead;
    }

    /// <summary>A step that does not come within a moment is not waited for: then one will do that was spared so far.</summary>
    private bool IsHere(Ambush ambush, DrainStep step) => ambush.Step == step
        ? Interlocked.Increment(ref _visits) == ambush.Visit
        : ambush.Blow == Blow.Kill && Stopwatch.GetElapsedTime(_begunAt) > LongestAmbush && log.IsSpared(step);

    public void Kill()
    {
        _dead = true;
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in this moment.
        }

        _struck.TrySetResult();
    }

    private void Send(int signal)
    {
        if (!_dead && !process.HasExited)
            _ = Processes.Signal(process.Id, signal);
    }
}
