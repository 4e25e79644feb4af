namespace Neolia.Functions.Checking;

/// <summary>
/// One measurement at a time for all who ask, and the last one again for whoever asks right after it: asking often must
/// not take the connections that the work needs.
/// </summary>
public sealed class SharedMeasurement<T>(Func<Task<T>> measure, TimeSpan freshFor, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private Task<T>? _last;
    private long _begun;

    /// <param name="cancellationToken">Ends the caller's waiting; others may wait for the same measurement.</param>
    public Task<T> AskAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_last is null || _last.IsFaulted || _last.IsCanceled || (_last.IsCompleted && clock.GetElapsedTime(_begun) >= freshFor))
                (_last, _begun) = (measure(), clock.GetTimestamp());
            return _last.WaitAsync(cancellationToken);
        }
    }
}
