namespace Neolia.Functions.Tokens;

internal enum TokenVerdict
{
    Valid,
    Missing,
    Invalid,
    Expired,

    /// <summary>An opaque publishable or secret API key (<c>sb_…</c>), which is no token and names no user.</summary>
    ApiKey,

    /// <summary>Genuine, but neither a signed-in user's nor of the service role.</summary>
    NotAUser,
}
