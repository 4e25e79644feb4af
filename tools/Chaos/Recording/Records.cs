namespace Neolia.Chaos.Recording;

/// <summary>What Supabase said of an account at one version.</summary>
internal sealed record AccountState(string Username, string Domain, bool Enabled, string UnitId, string Type, string? Extension, string Ha1, string Ha1b)
{
    public string Name => $"{Username}@{Domain}";

    /// <summary>Digests stay out of what is printed.</summary>
    public override string ToString() => $"{Name} {(Enabled ? "enabled" : "disabled")} in unit {UnitId}, extension {Extension}, digest {Ha1[..6]}…";
}

/// <summary>What Supabase said of a unit at one version.</summary>
internal sealed record UnitState(string SiteId, string BuildingId, string Number);

/// <summary>An acknowledge: the queue's row went, with this version in it.</summary>
internal sealed record Finished(bool IsAccount, Guid Subject, long Version, DateTime At);

/// <summary>A row of chaos_history.</summary>
internal sealed record Seen(long Seq, DateTime At, char Kind, char Op, string Subject, long Version, string? A, string? B, string? C, string? D, string? E);

/// <summary>A version that was drawn below one that its subject had: rule P1 broken, whatever comes of it.</summary>
internal sealed record WentBack(Guid Subject, long Version, long Before);

/// <summary>What both databases wrote down since the last look, in their own order.</summary>
internal sealed record Recording(
    IReadOnlyDictionary<(Guid Subject, long Version), AccountState?> Accounts,
    IReadOnlyDictionary<(Guid Subject, long Version), UnitState?> Units,
    IReadOnlyList<WentBack> WentBack,
    IReadOnlyList<Finished> Finished,
    IReadOnlyList<Seen> Seen,
    IReadOnlyDictionary<long, (string Kind, int Changes)> Operations);
