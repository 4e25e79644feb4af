using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Neolia.Functions.Secrets;
using Neolia.Functions.Supabase;

namespace Neolia.Functions.Tokens;

/// <summary>
/// Verifies Supabase tokens: signature and expiry of all; issuer where one is configured, audience and user id of
/// users'. Which key may verify a token follows from its algorithm, so that a public key is never taken for a shared
/// secret.
/// </summary>
internal sealed class UserTokens(IOptions<SupabaseOptions> options, ISecrets secrets, SigningKeys signingKeys)
{
    /// <summary>The issuer of the legacy API keys, <c>anon</c> and <c>service_role</c>.</summary>
    private const string LegacyKeyIssuer = "supabase";

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

        if (!IsSpelledOneWay(token))
            return (TokenVerdict.Invalid, null);

        var result = await _handler.ValidateTokenAsync(token, Parameters(await PublishedKeysAsync(token, cancellationToken)));
        if (!result.IsValid)
            return (result.Exception is SecurityTokenExpiredException ? TokenVerdict.Expired : TokenVerdict.Invalid, null);
        return Identify((JsonWebToken)result.SecurityToken);
    }

    private (TokenVerdict, Caller?) Identify(JsonWebToken token)
    {
        token.TryGetPayloadValue<string>("role", out var role);
        if (role is not ("service_role" or "authenticated"))
            return (TokenVerdict.NotAUser, null);

        var issuer = options.Value.JwtIssuer;
        var issuedHere = string.IsNullOrEmpty(issuer) || token.Issuer == issuer;

        if (role == "service_role")
        {
            // Legacy keys: signed with the shared secret, no audience, no user.
            return issuedHere || (token.Issuer == LegacyKeyIssuer && token.Alg == SecurityAlgorithms.HmacSha256)
                ? (TokenVerdict.Valid, new Caller.Service())
                : (TokenVerdict.Invalid, null);
        }

        if (!issuedHere || !token.Audiences.Contains(options.Value.JwtAudience))
            return (TokenVerdict.Invalid, null);

        // Row level security reads it as a uuid, of which .NET knows more spellings than Postgres does.
        return Guid.TryParseExact(token.Subject, "D", out var userId)
            ? (TokenVerdict.Valid, new Caller.User(userId, Encoding.UTF8.GetString(Base64UrlEncoder.DecodeBytes(token.EncodedPayload))))
            : (TokenVerdict.NotAUser, null);
    }

    /// <summary>The issuer is asked for its keys only for a token that needs one: it may be out of reach.</summary>
    private async Task<IList<SecurityKey>> PublishedKeysAsync(string token, CancellationToken cancellationToken)
    {
        if (Read(token) is not { Alg: SecurityAlgorithms.EcdsaSha256 or SecurityAlgorithms.RsaSha256 } unverified)
            return [];
        var keys = await signingKeys.ReadAsync(cancellationToken);
        return keys.Any(key => key.KeyId == unverified.Kid) ? keys : await signingKeys.ReadNewerAsync(keys, cancellationToken);
    }

    /// <summary>
    /// False when the signature is base64url in other letters than the issuer's for the same bytes (unused bits set,
    /// padding, the letters of plain base64): the library would take it, so that one token had many spellings.
    /// </summary>
    private static bool IsSpelledOneWay(string token)
    {
        var signature = token.AsSpan(token.LastIndexOf('.') + 1);
        var bytes = new byte[Base64Url.GetMaxDecodedLength(signature.Length)];
        return Base64Url.DecodeFromChars(signature, bytes, out _, out var length) == OperationStatus.Done
            && Base64Url.EncodeToString(bytes.AsSpan(0, length)).AsSpan().SequenceEqual(signature);
    }

    private JsonWebToken? Read(string token)
    {
        try
        {
            return _handler.ReadJsonWebToken(token);
        }
        catch (ArgumentException)
        {
            // No token at all, which the validation says in its own way.
            return null;
        }
    }

    private TokenValidationParameters Parameters(IList<SecurityKey> published)
    {
        SecurityKey[] shared = [.. (secrets.Read(Secret.JwtSecret) ?? "")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(secret => new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret)))];
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

            // Judged by role, in Identify.
            ValidateIssuer = false,
            ValidateAudience = false,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = ClockSkew,
        };
    }
}
