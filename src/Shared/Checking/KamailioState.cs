using Neolia.Functions.Subjects;

namespace Neolia.Functions.Checking;

/// <param name="Fault">The table that is missing or may not be used as needed; null: none, or nobody knows.</param>
/// <param name="Registered">Names with a contact that has not expired.</param>
/// <param name="Example">An account that the sync manages, to try an empty password with; null when there is none.</param>
/// <param name="Tls">Version of TLS; null: the connection is not encrypted.</param>
/// <param name="ClockSkew">By how much its clock is ahead of this machine's.</param>
public sealed record KamailioState(
    DatabaseVerdict Verdict, string? Fault = null, int Registered = 0, SipName? Example = null, string? Tls = null, TimeSpan ClockSkew = default);
