using System.Threading.RateLimiting;

namespace Neolia.Functions.Enrolling;

/// <summary>
/// How often links may be tried, per link and per address, by this instance. Nobody guesses a secret of 256 bits; this
/// keeps somebody who tries all the same from being work for the database.
/// </summary>
internal sealed class AttemptLimits : IAsyncDisposable
{
    private const string RetryAfterSeconds = "60";

    /// <summary>
    /// At once; then one more every 3 s, for looking and for redeeming each: previews that look at a link without end must
    /// not keep its device away.
    /// </summary>
    public const int PerLink = 20;

    /// <summary>At once; then one more each second. The devices of a whole residence may share an address.</summary>
    public const int PerAddress = 60;

    private readonly PartitionedRateLimiter<(Guid, bool)> _links = Limiter<(Guid, bool)>(PerLink, TimeSpan.FromSeconds(3));
    private readonly PartitionedRateLimiter<string> _addresses = Limiter<string>(PerAddress, TimeSpan.FromSeconds(1));

    public bool Admit(HttpContext http, Guid link, bool isRedeeming)
    {
        // First by address: links that don't exist are as many as somebody likes to invent.
        using var byAddress = _addresses.AttemptAcquire(ClientAddress.Of(http));
        if (byAddress.IsAcquired)
        {
            using var byLink = _links.AttemptAcquire((link, isRedeeming));
            if (byLink.IsAcquired)
                return true;
        }

        http.Response.Headers.RetryAfter = RetryAfterSeconds;
        Telemetry.Measures.Enrolled("limited");
        return false;
    }

    public async ValueTask DisposeAsync()
    {
        await _links.DisposeAsync();
        await _addresses.DisposeAsync();
    }

    // Who has been quiet until all of his attempts are back is forgotten.
    private static PartitionedRateLimiter<T> Limiter<T>(int attempts, TimeSpan oneMoreEvery)
        where T : notnull =>
        PartitionedRateLimiter.Create<T, T>(who => RateLimitPartition.GetTokenBucketLimiter(who, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = attempts,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = oneMoreEvery,
            QueueLimit = 0,
        }));
}
