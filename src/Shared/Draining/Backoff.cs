namespace Neolia.Functions.Draining;

/// <summary>Exponential back-off with jitter, so that many subjects that failed together don't come back together.</summary>
public sealed class Backoff(TimeSpan from, TimeSpan to, Random random)
{
    /// <summary>Between half and all of <c>from x 2^attempts</c>, at most <c>to</c>.</summary>
    public TimeSpan After(int attempts)
    {
        var longest = Math.Min(to.TotalSeconds, from.TotalSeconds * Math.Pow(2, Math.Min(attempts, 32)));
        return TimeSpan.FromSeconds(longest * (0.5 + random.NextDouble() / 2));
    }
}
