using System.Diagnostics;

namespace Neolia.Database.Tests.Draining;

/// <summary>Waits for something that only a look can tell, with a deadline.</summary>
public static class Until
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static async Task TrueAsync(string what, Func<Task<bool>> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Deadline)
                throw new TimeoutException($"Not within {Deadline}: {what}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
