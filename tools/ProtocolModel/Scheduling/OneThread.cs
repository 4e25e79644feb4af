namespace Neolia.ProtocolModel.Scheduling;

/// <summary>
/// Runs everything that asynchronous code posts on the one thread of a simulation, so that the same moves always give
/// the same interleaving.
/// </summary>
internal sealed class OneThread : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = [];

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_posted)
            _posted.Enqueue((d, state));
    }

    /// <summary>Does the work, and all that it posts, until everybody waits for a permission to go on.</summary>
    public void Run(Action work)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            work();
            while (Take() is { } posted)
                posted.Callback(posted.State);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private (SendOrPostCallback Callback, object? State)? Take()
    {
        lock (_posted)
            return _posted.TryDequeue(out var posted) ? posted : null;
    }
}
