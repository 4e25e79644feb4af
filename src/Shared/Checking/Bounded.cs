namespace Neolia.Functions.Checking;

/// <summary>A measurement that ends in time, whatever becomes of what it measures.</summary>
public static class Bounded
{
    /// <param name="tooLate">The answer when the time is up, from what is known by then.</param>
    public static async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> measure, TimeSpan patience, Func<T> tooLate, CancellationToken cancellationToken)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(patience);
        try
        {
            // Drivers try to take back at the server what they are to cancel, and that may hang, too.
            return await measure(bounded.Token).WaitAsync(bounded.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return tooLate();
        }
    }
}
