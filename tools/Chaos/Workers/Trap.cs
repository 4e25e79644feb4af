namespace Neolia.Chaos.Workers;

/// <summary>Kills the first process that passes a place, whichever it is.</summary>
internal sealed class Trap
{
    private readonly Lock _lock = new();
    private (DrainStep, Moment)? _place;
    private TaskCompletionSource _sprung = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when somebody went in.</summary>
    public Task Set(DrainStep step, Moment moment)
    {
        lock (_lock)
        {
            _place = (step, moment);
            _sprung = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _sprung.Task;
        }
    }

    public bool Springs(DrainStep step, Moment moment)
    {
        lock (_lock)
        {
            if (_place != (step, moment))
                return false;
            _place = null;
            _sprung.SetResult();
            return true;
        }
    }
}
