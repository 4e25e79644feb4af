using System.Diagnostics;

namespace Neolia.LocalStack.Supervision;

/// <summary>Waiting for a server by asking it, never by sleeping for a guessed time.</summary>
public static class Readiness
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>
    /// Repeats <paramref name="probe"/> until it returns without an exception. Throws
    /// <see cref="ServerStartException"/> when the server ends first or the deadline passes.
    /// </summary>
    public static async Task WaitAsync(
        SupervisedServer server, Func<CancellationToken, Task> probe, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            using var oneTry = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            oneTry.CancelAfter(TimeSpan.FromSeconds(5));
            Exception notYet;
            try
            {
                await probe(oneTry.Token);
                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                notYet = e; // Not an error yet: the last one becomes the reason when time is up.
            }
            if (!server.IsRunning)
                throw new ServerStartException($"{server.Name} ended while starting, exit code {await server.Exited}", server.LogTail(), notYet);
            if (clock.Elapsed > deadline)
                throw new ServerStartException($"{server.Name} was not ready after {deadline.TotalSeconds:0} s: {notYet.Message}", server.LogTail(), notYet);
            await Task.Delay(Pause, cancellationToken);
        }
    }
}
