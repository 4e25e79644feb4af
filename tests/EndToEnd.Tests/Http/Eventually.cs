using System.Diagnostics;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>Waits for what must come true by itself, by looking again and again until a deadline.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <param name="expectation">What did not come true, for the failure's message.</param>
    public static async Task HoldsAsync(string expectation, Func<Task<bool>> condition, TimeSpan? deadline = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < (deadline ?? Deadline), $"Not in time: {expectation}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }
}
