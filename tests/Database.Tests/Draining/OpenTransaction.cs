using System.Data;
using System.Data.Common;

namespace Neolia.Database.Tests.Draining;

/// <summary>Somebody else's transaction on a connection of its own, held open as long as the test needs it.</summary>
public sealed class OpenTransaction : IAsyncDisposable
{
    private readonly DbConnection _connection;
    private readonly DbTransaction _transaction;

    private OpenTransaction(DbConnection connection, DbTransaction transaction) => (_connection, _transaction) = (connection, transaction);

    public static async Task<OpenTransaction> BeginAsync(
        DbDataSource database, string sql, IsolationLevel isolation = IsolationLevel.Unspecified)
    {
        var connection = await database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var open = new OpenTransaction(connection, await connection.BeginTransactionAsync(isolation, TestContext.Current.CancellationToken));
        await open.ExecuteAsync(sql);
        return open;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = _transaction;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public Task CommitAsync() => _transaction.CommitAsync(TestContext.Current.CancellationToken);

    public Task RollbackAsync() => _transaction.RollbackAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
