using Neolia.Functions.Draining;

namespace Neolia.Functions.Tests.Draining;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(0, 0.5, 1)]
    [InlineData(1, 1, 2)]
    [InlineData(5, 16, 32)]
    [InlineData(8, 128, 256)]
    [InlineData(9, 150, 300)]
    [InlineData(1_000_000, 150, 300)]
    public void Grows_from_one_second_to_five_minutes_with_jitter_over_the_upper_half(int attempts, double from, double to)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), new Random(1));

        var delays = Enumerable.Range(0, 500).Select(_ => backoff.After(attempts).TotalSeconds).ToList();

        Assert.All(delays, delay => Assert.InRange(delay, from, to));
        Assert.InRange(delays.Max() - delays.Min(), (to - from) * 0.9, to - from);
    }
}
