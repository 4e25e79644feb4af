using MySqlConnector;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Reading;

namespace Neolia.Functions.Applying;

/// <summary>
/// Makes Kamailio's database what a batch of accounts desires, in one transaction. Lists stay below 1,000: MariaDB
/// turns a longer one into a temporary table and then locks in the wrong order (rule M3).
/// </summary>
public sealed class AccountApplier(KamailioDatabase kamailio, IReadOnlySet<string> servedDomains)
{
    /// <summary>A batch locks the names that its accounts want and those they hold: up to twice its size.</summary>
    public const int MaxBatchSize = 499;

    private volatile bool _expectsNew;

    public async Task<IReadOnlyList<SubjectResult>> ApplyAsync(IReadOnlyList<DesiredAccount> batch, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Count, MaxBatchSize);

        await using var connection = await kamailio.OpenAsync(cancellationToken);
        var wanted = batch.Select(a => AccountPlan.WantedName(a, servedDomains)).OfType<Subjects.SipName>().ToList();
        var ids = batch.Select(a => a.Id).Order().ToList();

        // One batch of a bulk import is followed by the next: the insert itself tells whether it was right to expect so.
        if (_expectsNew && await InsertAsync(connection, batch, cancellationToken) is { } expected)
            return expected;

        var missing = await LockableRows.FindMissingAccountsAsync(connection, ids, wanted, cancellationToken);
        if (missing.Ids.Count == ids.Count && missing.Names.Count == wanted.Count && await InsertAsync(connection, batch, cancellationToken) is { } inserted)
            return inserted;
        await LockableRows.CreateAccountsAsync(connection, missing, cancellationToken);

        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken);
        var rows = await KamailioRowsReader.LockAndReadAsync(connection, transaction, ids, wanted, cancellationToken);
        var changes = AccountPlan.Decide(batch, rows, servedDomains);
        await AccountWriter.WriteAsync(connection, transaction, changes, cancellationToken);

        // A commit that was sent may have happened, whatever the caller wants by now. Not knowing is safe (the fence
        // finds the repetition equal), but not waiting for the answer would make it common.
        await transaction.CommitAsync(CancellationToken.None);
        return changes.Results;
    }

    private async Task<IReadOnlyList<SubjectResult>?> InsertAsync(MySqlConnection connection, IReadOnlyList<DesiredAccount> batch, CancellationToken cancellationToken)
    {
        // Whatever comes in between, a lock that is waited for too: the next attempt looks first.
        _expectsNew = false;
        var inserted = await NewAccounts.InsertAsync(connection, batch, servedDomains, cancellationToken);
        _expectsNew = inserted is not null;
        return inserted;
    }
}
