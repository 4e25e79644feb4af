namespace Neolia.Functions.Supabase;

/// <summary>Who asks: the verified claims of a Supabase user token.</summary>
/// <param name="UserId">Claim <c>sub</c>, the id in <c>auth.users</c>.</param>
/// <param name="Claims">The token's payload as JSON, as row level security reads it from <c>request.jwt.claims</c>.</param>
public sealed record Caller(Guid UserId, string Claims);
