using System.Diagnostics;

namespace Neolia.EndToEnd.Tests.Stacks;

internal static class Poll
{
    /// <summary>Looks again and again until it is so; after 20 s the test fails with what it waited for.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"Waited 20 s in vain until {what}.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
