using Neolia.Functions.Applying;
using Neolia.Functions.Reading;

namespace Neolia.Functions.Draining;

/// <summary>What one turn works on.</summary>
internal sealed record DesiredBatch(IReadOnlyList<DesiredAccount> Accounts, IReadOnlyList<DesiredUnit> Units)
{
    public int Count => Accounts.Count + Units.Count;

    /// <summary>Every subject as it is reported when Kamailio's database is out of reach.</summary>
    public IReadOnlyList<SubjectResult> Unreachable() =>
    [
        .. Accounts.Select(a => new SubjectResult(a.Subject, a.Version, Outcome.Retry, a.State, Problem.KamailioUnreachable)),
        .. Units.Select(u => new SubjectResult(u.Subject, u.Version, Outcome.Retry, Problem: Problem.KamailioUnreachable)),
    ];
}
