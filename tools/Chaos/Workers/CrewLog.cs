using System.Collections.Concurrent;

namespace Neolia.Chaos.Workers;

/// <summary>What became of the processes, counted.</summary>
internal sealed class CrewLog
{
    private readonly ConcurrentDictionary<DrainStep, int> _passed = new();
    private readonly ConcurrentDictionary<(DrainStep, Moment), int> _killed = new();
    private readonly ConcurrentDictionary<DrainStep, int> _stalled = new();
    private int _killedAnywhere;
    private int _wrongClocks;
    private int _clockJumps;

    /// <summary>Processes that ended although nobody killed them: none may.</summary>
    public ConcurrentQueue<string> EndedByThemselves { get; } = new();

    /// <summary>From a process' start to the first step of its drain.</summary>
    public ConcurrentBag<TimeSpan> Starts { get; } = [];

    public IReadOnlyDictionary<(DrainStep Step, Moment Moment), int> KilledAtSteps => _killed;

    public IReadOnlyDictionary<DrainStep, int> StalledAtSteps => _stalled;

    public IReadOnlyDictionary<DrainStep, int> PassedSteps => _passed;

    public int KilledAnywhere => _killedAnywhere;

    public int WrongClocks => _wrongClocks;

    public int ClockJumps => _clockJumps;

    public int Kills => _killedAnywhere + _killed.Values.Sum();

    public void Passed(DrainStep step) => _passed.AddOrUpdate(step, 1, (_, n) => n + 1);

    public void Began(TimeSpan after) => Starts.Add(after);

    public void Stalled(DrainStep step) => _stalled.AddOrUpdate(step, 1, (_, n) => n + 1);

    public void ClockJumped() => Interlocked.Increment(ref _clockJumps);

    public void WrongClock() => Interlocked.Increment(ref _wrongClocks);

    /// <summary>Fewer processes than elsewhere were killed at this step.</summary>
    public bool IsSpared(DrainStep step) =>
        _killed.Where(killed => killed.Key.Item1 == step).Sum(killed => killed.Value) * Enum.GetValues<DrainStep>().Length <= _killed.Values.Sum();

    public void Killed((DrainStep, Moment)? at)
    {
        if (at is { } step)
            _killed.AddOrUpdate(step, 1, (_, n) => n + 1);
        else
            Interlocked.Increment(ref _killedAnywhere);
    }
}
