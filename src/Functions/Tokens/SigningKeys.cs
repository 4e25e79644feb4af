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
        if (_keys is not { } keys || clock.GetElapsedTime(keys.ReadAt) > FreshFor)
            await RefreshAsync(cancellationToken);
        return _keys is { } usable && clock.GetElapsedTime(usable.ReadAt) < UsableFor ? usable.Keys : [];
    }

    /// <summary>True when the keys were read anew. Forged key ids can't make it ask the issuer more often than every 5 s.</summary>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(options.Value.JwtIssuer))
            return false;

        var seen = _keys;
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_keys != seen)
                return true;
            if (_lastReading is { } last && clock.GetElapsedTime(last) < BetweenReadings)
                return false;
            _lastReading = clock.GetTimestamp();
            return await FetchAsync(cancellationToken);
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private async Task<bool> FetchAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var client = http.CreateClient(HttpClientName);
            var text = await client.GetStringAsync(new Uri($"{options.Value.JwtIssuer!.TrimEnd('/')}/.well-known/jwks.json"), cancellationToken);
            _keys = new KeySet(new JsonWebKeySet(text).GetSigningKeys(), clock.GetTimestamp());
            return true;
        }
        catch (Exception exception) when (exception is HttpRequestException or ArgumentException || !cancellationToken.IsCancellationRequested)
        {
            logger.SigningKeysUnreachable(exception.GetType().Name);
            return false;
        }
    }
}
