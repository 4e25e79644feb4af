using Neolia.Functions.Kamailio;
using Neolia.Functions.Reading;

namespace Neolia.Functions.Applying;

/// <summary>
/// Makes Kamailio's database what a batch of accounts desires, in one transaction. Lists stay below 1,000: MariaDB
/// turns a longer one into a temporary table and then locks in the wrong order (rule M3).
/// </summary>
public sealed class AccountApplier
{
    /// <summary>A batch locks the names that its accounts want and those they hold: up to twice its size.</summary>
    public const int MaxBatchSize = 499;

    private readonly Func<CancellationToken, Task<IAccountSession>> _openAsync;
    private readonly IReadOnlySet<string> _servedDomains;
    private volatile bool _expectsNew;

    public AccountApplier(KamailioDatabase kamailio, IReadOnlySet<string> servedDomains)
        : this(cancellationToken => AccountSession.OpenAsync(kamailio, cancellationToken), servedDomains)
    {
    }

    internal AccountApplier(Func<CancellationToken, Task<IAccountSession>> openAsync, IReadOnlySet<string> servedDomains) =>
        (_openAsync, _servedDomains) = (openAsync, servedDomains);

    public async Task<IReadOnlyList<SubjectResult>> ApplyAsync(IReadOnlyList<DesiredAccount> batch, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Count, MaxBatchSize);

        await using var session = await _openAsync(cancellationToken);
        var wanted = batch.Select(a => AccountPlan.WantedName(a, _servedDomains)).OfType<Subjects.SipName>().ToList();
        var ids = batch.Select(a => a.Id).Order().ToList();

        // One batch of a bulk import is followed by the next: the insert itself tells whether it was right to expect so.
        if (_expectsNew && await InsertAsync(session, batch, cancellationToken) is { } expected)
            return expected;

        var missing = await session.FindMissingAsync(ids, wanted, cancellationToken);
        if (missing.Ids.Count == ids.Count && missing.Names.Count == wanted.Count && await InsertAsync(session, batch, cancellationToken) is { } inserted)
            return inserted;
        await session.CreateAsync(missing, cancellationToken);

        await session.BeginAsync(cancellationToken);
        var rows = await session.LockAndReadAsync(ids, wanted, cancellationToken);
        var changes = AccountPlan.Decide(batch, rows, _servedDomains);
        await session.WriteAsync(changes, cancellationToken);
        await session.CommitAsync();
        return changes.Results;
    }

    private async Task<IReadOnlyList<SubjectResult>?> InsertAsync(IAccountSession session, IReadOnlyList<DesiredAccount> batch, CancellationToken cancellationToken)
    {
        // Whatever comes in between, a lock that is waited for too: the next attempt looks first.
        _expectsNew = false;
        var inserted = await NewAccounts.InsertAsync(session, batch, _servedDomains, cancellationToken);
        _expectsNew = inserted is not null;
        return inserted;
    }
}
