using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Neolia.Functions.Logging;
using Neolia.Functions.Supabase;

namespace Neolia.Functions.Tokens;

/// <summary>
/// The public keys of the issuer (JWKS), read anew after 10 minutes or, at most every few seconds, when a token names a
/// key that is not among them. While the issuer is out of reach the last good ones serve for an hour. The library's own
/// <c>ConfigurationManager</c> refreshes behind the caller's back and would refuse the first tokens of a new key.
/// </summary>
internal sealed class SigningKeys(IOptions<SupabaseOptions> options, IHttpClientFactory http, TimeProvider clock, ILogger<SigningKeys> logger) : IDisposable
{
    public const string HttpClientName = "jwks";

    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan UsableFor = TimeSpan.FromHours(1);
    private static readonly TimeSpan BetweenReadings = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _reading = new(1);
    private volatile KeySet? _keys;
    private long? _lastReading;

    private sealed record KeySet(IList<SecurityKey> Keys, long ReadAt);

    /// <summary>None without a configured issuer, or as long as it was never reached: then its tokens are refused.</summary>
    public async Task<IList<SecurityKey>> ReadAsync(CancellationToken cancellationToken)
    {
        var keys = _keys;
        if (keys is null || clock.GetElapsedTime(keys.ReadAt) > FreshFor)
            await RefreshAsync(keys, cancellationToken);
        return Usable;
    }

    /// <summary>
    /// Keys that were read after <paramref name="known"/>, which lack the key of a token; the same ones when the issuer
    /// can't be asked now. Forged key ids can't make it ask the issuer more often than every 5 s.
    /// </summary>
    public async Task<IList<SecurityKey>> ReadNewerAsync(IList<SecurityKey> known, CancellationToken cancellationToken)
    {
        // Another request may have read them since this one looked: then there is nothing to ask.
        var keys = _keys;
        if (keys is null || ReferenceEquals(keys.Keys, known))
            await RefreshAsync(keys, cancellationToken);
        return Usable;
    }

    private IList<SecurityKey> Usable => _keys is { } keys && clock.GetElapsedTime(keys.ReadAt) < UsableFor ? keys.Keys : [];

    private async Task RefreshAsync(KeySet? seen, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(options.Value.JwtIssuer))
            return;

        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_keys != seen || (_lastReading is { } last && clock.GetElapsedTime(last) < BetweenReadings))
                return;
            await FetchAsync();

            // From its end: those who waited for a reading that timed out shall not start the next ones, one by one.
            _lastReading = clock.GetTimestamp();
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    /// <summary>
    /// Not cancelled with the request that asked: somebody who hangs up again and again would use up every turn, and
    /// the keys would grow too old. The client's time-out bounds it.
    /// </summary>
    private async Task FetchAsync()
    {
        try
        {
            using var client = http.CreateClient(HttpClientName);
            var text = await client.GetStringAsync(new Uri($"{options.Value.JwtIssuer!.TrimEnd('/')}/.well-known/jwks.json"), CancellationToken.None);
            _keys = new KeySet(new JsonWebKeySet(text).GetSigningKeys(), clock.GetTimestamp());
        }
        catch (Exception exception)
        {
            // Whatever came instead of a key set, the last good one serves on.
            logger.SigningKeysUnreachable(exception.GetType().Name);
        }
    }
}
