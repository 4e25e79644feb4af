using Neolia.Functions.Subjects;

namespace Neolia.Functions.Reading;

/// <summary>
/// What Supabase said of a unit in one snapshot, with the queue's version of that same snapshot.
/// <paramref name="State"/> is null when the unit no longer exists.
/// </summary>
public sealed record DesiredUnit(Guid Id, long Version, UnitState? State)
{
    public Subject Subject => new(SubjectKind.UnitRules, Id);
}

/// <param name="Rules">The enabled rules of the unit; one more than <see cref="MaxRules"/> stands for any number above.</param>
public sealed record UnitState(Guid SiteId, Guid BuildingId, string Number, IReadOnlyList<CallRule> Rules)
{
    /// <summary>More than a flat can need; together with the length of a rule it bounds what a batch of units takes in memory.</summary>
    public const int MaxRules = 100;
}

/// <param name="SourcePattern">A glob over the caller's <c>username</c> and <c>username@domain</c>: <c>*</c> any characters, <c>?</c> one.</param>
/// <param name="Action"><c>ring</c>, <c>forward</c>, <c>voicemail</c> or <c>reject</c>.</param>
/// <param name="TargetSipUri">Only with <c>forward</c> and <c>voicemail</c>.</param>
/// <param name="Priority">Higher is tried first.</param>
public sealed record CallRule(Guid Id, string SourcePattern, string Action, string? TargetSipUri, int Priority);
