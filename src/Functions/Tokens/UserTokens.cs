using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Neolia.Functions.Supabase;

namespace Neolia.Functions.Tokens;

/// <summary>
/// Verifies Supabase user tokens: signature, issuer where one is configured, audience and expiry. Which key may verify
/// a token follows from its algorithm, so that a public key is never taken for a shared secret.
/// </summary>
internal sealed class UserTokens(IOptions<SupabaseOptions> options, SigningKeys signingKeys)
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };

    public async Task<(TokenVerdict Verdict, Caller? Caller)> VerifyAsync(string? authorization, CancellationToken cancellationToken)
    {
        const string scheme = "Bearer ";
        if (authorization is null || !authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            return (TokenVerdict.Missing, null);
        var token = authorization[scheme.Length..].Trim();
        if (token.StartsWith("sb_", StringComparison.Ordinal))
            return (TokenVerdict.ApiKey, null);

        var result = await _handler.ValidateTokenAsync(token, await ParametersAsync(cancellationToken));
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            // Perhaps a key that is newer than ours.
            signingKeys.RequestRefresh();
            result = await _handler.ValidateTokenAsync(token, await ParametersAsync(cancellationToken));
        }

        if (!result.IsValid)
            return (result.Exception is SecurityTokenExpiredException ? TokenVerdict.Expired : TokenVerdict.Invalid, null);

        var jwt = (JsonWebToken)result.SecurityToken;
        return jwt.TryGetPayloadValue<string>("role", out var role) && role == "authenticated" && Guid.TryParse(jwt.Subject, out var userId)
            ? (TokenVerdict.Valid, new Caller(userId, Encoding.UTF8.GetString(Base64UrlEncoder.DecodeBytes(jwt.EncodedPayload))))
            : (TokenVerdict.NotAUser, null);
    }

    private async Task<TokenValidationParameters> ParametersAsync(CancellationToken cancellationToken)
    {
        var (settings, published) = (options.Value, await signingKeys.ReadAsync(cancellationToken));
        SecurityKey[] shared = string.IsNullOrEmpty(settings.JwtSecret) ? [] : [new SymmetricSecurityKey(Encoding.UTF8.GetBytes(settings.JwtSecret))];
        return new TokenValidationParameters
        {
            ValidAlgorithms =
            [
                .. shared.Length > 0 ? [SecurityAlgorithms.HmacSha256] : Array.Empty<string>(),
                .. published.Count > 0 ? [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256] : Array.Empty<string>(),
            ],
            IssuerSigningKeyResolver = (_, token, keyId, _) => ((JsonWebToken)token).Alg == SecurityAlgorithms.HmacSha256
                ? shared
                : published.Where(key => key.KeyId == keyId),
            TryAllIssuerSigningKeys = false,
            ValidateIssuer = !string.IsNullOrEmpty(settings.JwtIssuer),
            ValidIssuer = settings.JwtIssuer,
            ValidAudience = settings.JwtAudience,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = ClockSkew,
        };
    }
}

internal enum TokenVerdict
{
    Valid,
    Missing,
    Invalid,
    Expired,

    /// <summary>A publishable or secret API key, which names no user.</summary>
    ApiKey,

    /// <summary>Genuine, but of another role or without a user id.</summary>
    NotAUser,
}
