namespace Neolia.Functions.Reconciling;

/// <summary>What Supabase says of a subject in one snapshot.</summary>
/// <param name="Digest">Null when it doesn't exist.</param>
/// <param name="Queued">Somebody has marked it and it is not acknowledged: the Drain is going to apply it, or did so just now.</param>
/// <param name="ParkedAt">The version at which it was found that it can't be synced as it is; it waits for its next change. Null when it isn't queued, or due.</param>
internal readonly record struct DesiredLook(string? Digest, int Weight, bool Queued, long? ParkedAt);
