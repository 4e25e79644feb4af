using System.Data;
using System.Diagnostics;
using MySqlConnector;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Reading;
using Neolia.Functions.Subjects;
using Neolia.Functions.Telemetry;

namespace Neolia.Functions.Applying;

/// <summary>
/// What applying accounts says to Kamailio's database, on one connection. The model of the protocol stands in for it.
/// Disposed of before its commit, a transaction is rolled back.
/// </summary>
internal interface IAccountSession : IAsyncDisposable
{
    Task<MissingRows> FindMissingAsync(IReadOnlyList<Guid> ids, IReadOnlyList<SipName> names, CancellationToken cancellationToken);

    /// <summary>Outside of the transaction, each statement committing by itself.</summary>
    Task CreateAsync(MissingRows missing, CancellationToken cancellationToken);

    Task BeginAsync(CancellationToken cancellationToken);

    Task<KamailioRows> LockAndReadAsync(IReadOnlyList<Guid> ids, IReadOnlyList<SipName> wanted, CancellationToken cancellationToken);

    Task WriteAsync(AccountChanges changes, CancellationToken cancellationToken);

    /// <summary>Whether one of the ids owns any name, or a subscriber stands under one of the names.</summary>
    Task<bool> IsAnyThereAsync(IReadOnlyList<Guid> ids, IReadOnlyList<SipName> names, CancellationToken cancellationToken);

    /// <summary>Where nothing is yet: false where something is.</summary>
    Task<bool> TryInsertAsync(AccountChanges changes, CancellationToken cancellationToken);

    Task CommitAsync();

    Task RollbackAsync(CancellationToken cancellationToken);
}

internal sealed class AccountSession(MySqlConnection connection) : IAccountSession
{
    private MySqlTransaction? _transaction;

    public static async Task<IAccountSession> OpenAsync(KamailioDatabase kamailio, CancellationToken cancellationToken) =>
        new AccountSession(await kamailio.OpenAsync(cancellationToken));

    public Task<MissingRows> FindMissingAsync(IReadOnlyList<Guid> ids, IReadOnlyList<SipName> names, CancellationToken cancellationToken) =>
        LockableRows.FindMissingAccountsAsync(connection, ids, names, cancellationToken);

    public Task CreateAsync(MissingRows missing, CancellationToken cancellationToken) =>
        LockableRows.CreateAccountsAsync(connection, missing, cancellationToken);

    public async Task BeginAsync(CancellationToken cancellationToken) =>
        _transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);

    public Task<KamailioRows> LockAndReadAsync(IReadOnlyList<Guid> ids, IReadOnlyList<SipName> wanted, CancellationToken cancellationToken) =>
        KamailioRowsReader.LockAndReadAsync(connection, _transaction!, ids, wanted, cancellationToken);

    public Task WriteAsync(AccountChanges changes, CancellationToken cancellationToken) =>
        AccountWriter.WriteAsync(connection, _transaction!, changes, cancellationToken);

    public async Task<bool> IsAnyThereAsync(IReadOnlyList<Guid> ids, IReadOnlyList<SipName> names, CancellationToken cancellationToken)
    {
        var find = new Statement()
            .Append("(select 1 from neolia_identity where account_id in (").AppendValues(ids).Append(") limit 1)");
        if (names.Count > 0)
            find.Append(" union all (select 1 from subscriber where ").AppendNameCondition(names).Append(" limit 1)");
        await using var command = find.On(connection, _transaction);
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    public async Task<bool> TryInsertAsync(AccountChanges changes, CancellationToken cancellationToken)
    {
        try
        {
            await AccountWriter.InsertAsync(connection, _transaction!, changes, cancellationToken);
            return true;
        }
        catch (MySqlException exception) when (exception.ErrorCode == MySqlErrorCode.DuplicateKeyEntry)
        {
            return false;
        }
    }

    // A commit that was sent may have happened, whatever the caller wants by now. Not knowing is safe (the fence
    // finds the repetition equal), but not waiting for the answer would make it common.
    public async Task CommitAsync()
    {
        using var span = Spans.Step("mysql.commit", ActivityKind.Client);
        await _transaction!.CommitAsync(CancellationToken.None);
    }

    public async Task RollbackAsync(CancellationToken cancellationToken)
    {
        await _transaction!.RollbackAsync(cancellationToken);
        await _transaction.DisposeAsync();
        _transaction = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_transaction is not null)
            await _transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
