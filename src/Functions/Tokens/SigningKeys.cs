using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Tokens;
using Neolia.Functions.Supabase;

namespace Neolia.Functions.Tokens;

/// <summary>The public keys of the issuer, cached for 10 minutes at most; the last good ones serve while it is out of reach.</summary>
internal sealed class SigningKeys
{
    private static readonly TimeSpan CacheFor = TimeSpan.FromMinutes(10);
    private readonly ConfigurationManager<JsonWebKeySet>? _keys;

    public SigningKeys(IOptions<SupabaseOptions> options)
    {
        if (string.IsNullOrEmpty(options.Value.JwtIssuer))
            return;
        var issuer = new Uri(options.Value.JwtIssuer);
        _keys = new ConfigurationManager<JsonWebKeySet>(
            $"{options.Value.JwtIssuer.TrimEnd('/')}/.well-known/jwks.json",
            new KeySetRetriever(),
            new HttpDocumentRetriever { RequireHttps = !issuer.IsLoopback })
        {
            AutomaticRefreshInterval = CacheFor,
        };
    }

    /// <summary>None without a configured issuer, or as long as it was never reached: then its tokens are refused.</summary>
    public async Task<IList<SecurityKey>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _keys is null ? [] : (await _keys.GetConfigurationAsync(cancellationToken)).GetSigningKeys();
        }
        catch (InvalidOperationException)
        {
            return [];
        }
    }

    public void RequestRefresh() => _keys?.RequestRefresh();

    private sealed class KeySetRetriever : IConfigurationRetriever<JsonWebKeySet>
    {
        public async Task<JsonWebKeySet> GetConfigurationAsync(string address, IDocumentRetriever retriever, CancellationToken cancel) =>
            new(await retriever.GetDocumentAsync(address, cancel));
    }
}
