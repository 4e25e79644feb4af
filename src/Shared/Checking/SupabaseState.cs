using Neolia.Functions.Draining;

namespace Neolia.Functions.Checking;

/// <param name="Fault">What is missing or may not be used as needed; null: nothing, or nobody knows.</param>
/// <param name="Queue">Null unless good.</param>
/// <param name="WithoutCredentials">The caller's enabled accounts that nobody can register with, because they have no credentials.</param>
/// <param name="NotSynced">The caller's accounts and flats that stay as they are until somebody corrects them.</param>
/// <param name="ClockSkew">By how much its clock is ahead of this machine's.</param>
public sealed record SupabaseState(
    DatabaseVerdict Verdict, string? Fault = null, QueueState? Queue = null, long WithoutCredentials = 0, long NotSynced = 0, TimeSpan ClockSkew = default);
