using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Neolia.Functions.Supabase;
using Neolia.Functions.Tokens;

namespace Neolia.Functions.Tests.Tokens;

/// <summary>The verification of user tokens as the app composes it, but for a clock that a test moves. Expiry follows the real one.</summary>
internal sealed class TokenRig : IAsyncDisposable
{
    private readonly ServiceProvider _http;
    private readonly SigningKeys _keys;
    private readonly UserTokens _tokens;

    private TokenRig(string? issuer, ChangingSecrets secrets, TimeSpan patience)
    {
        var services = new ServiceCollection();
        services.AddHttpClient(SigningKeys.HttpClientName, client => client.Timeout = patience);
        _http = services.BuildServiceProvider();
        var options = Options.Create(new SupabaseOptions { JwtIssuer = issuer });
        _keys = new SigningKeys(options, _http.GetRequiredService<IHttpClientFactory>(), Clock, NullLogger<SigningKeys>.Instance);
        _tokens = new UserTokens(options, secrets, _keys);
        IssuerName = issuer;
        Secrets = secrets;
    }

    public ManualClock Clock { get; } = new(DateTimeOffset.UtcNow);

    public ChangingSecrets Secrets { get; }

    public string? IssuerName { get; }

    public static TokenRig Create(TokenIssuer? issuer, string? secret = null, TimeSpan? patience = null) =>
        new(issuer?.Name, new ChangingSecrets { Jwt = secret }, patience ?? TimeSpan.FromSeconds(5));

    /// <summary>A signed-in user's, to be spoilt one at a time.</summary>
    public JsonObject Claims(params ReadOnlySpan<(string Name, JsonNode? Value)> spoilt)
    {
        var claims = new JsonObject
        {
            ["iss"] = IssuerName,
            ["sub"] = Guid.NewGuid().ToString(),
            ["aud"] = "authenticated",
            ["role"] = "authenticated",
            ["iat"] = In(TimeSpan.Zero),
            ["exp"] = In(TimeSpan.FromHours(1)),
        };
        foreach (var (name, value) in spoilt)
        {
            claims.Remove(name);
            if (value is not null)
                claims[name] = value;
        }

        return claims;
    }

    public static long In(TimeSpan offset) => (DateTimeOffset.UtcNow + offset).ToUnixTimeSeconds();

    public Task<(TokenVerdict Verdict, Caller? Caller)> VerifyAsync(string? authorization) =>
        _tokens.VerifyAsync(authorization, TestContext.Current.CancellationToken);

    /// <summary>As for a request whose caller may hang up.</summary>
    public Task<(TokenVerdict Verdict, Caller? Caller)> VerifyUntilAsync(string? authorization, CancellationToken cancellationToken) =>
        _tokens.VerifyAsync(authorization, cancellationToken);

    public async Task<TokenVerdict> JudgeAsync(string token) => (await VerifyAsync($"Bearer {token}")).Verdict;

    public async ValueTask DisposeAsync()
    {
        _keys.Dispose();
        await _http.DisposeAsync();
    }
}
