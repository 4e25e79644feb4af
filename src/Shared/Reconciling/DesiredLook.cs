namespace Neolia.Functions.Reconciling;

/// <summary>What Supabase says of a subject in one snapshot.</summary>
/// <param name="Digest">Null when it doesn't exist.</param>
/// <param name="Queued">Somebody has marked it and it is not acknowledged: the Drain is going to apply it, or did so just now.</param>
/// <param name="Parked">Queued, and waiting for its next change because it can't be synced as it is.</param>
/// <param name="RefusedAt">Of a parked account the version under which it was applied as far as it can be; null where nothing could be.</param>
internal readonly record struct DesiredLook(string? Digest, int Weight, bool Queued, bool Parked, long? RefusedAt);
