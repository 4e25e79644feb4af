using Neolia.Functions.Subjects;

namespace Neolia.Functions.Reconciling;

public enum DifferenceKind
{
    /// <summary>Supabase has it, Kamailio nothing of it.</summary>
    Missing,

    /// <summary>Both have it, and not the same.</summary>
    Different,

    /// <summary>Kamailio has it, Supabase doesn't.</summary>
    Orphaned,
}

/// <param name="Removes">Putting it right takes a subscriber or a unit away from Kamailio.</param>
public readonly record struct Difference(Subject Subject, DifferenceKind Kind, bool Removes);
