using Neolia.Functions.Applying;

namespace Neolia.Functions.Draining;

/// <param name="Outage">True when Kamailio's database was out of reach: another turn now would fare no better.</param>
/// <param name="IsFull">True when it took as many subjects as a turn may: more are likely to wait.</param>
public sealed record TurnReport(IReadOnlyList<SubjectResult> Results, bool Outage, bool IsFull = false)
{
    /// <summary>The answer of a turn that found no due subject when it looked.</summary>
    public static readonly TurnReport NothingDue = new([], Outage: false);
}
