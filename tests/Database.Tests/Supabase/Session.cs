using Npgsql;

namespace Neolia.Database.Tests.Supabase;

/// <summary>One connection, and the few things tests do with it.</summary>
public sealed class Session : IAsyncDisposable
{
    private static readonly TimeSpan BlockDeadline = TimeSpan.FromSeconds(20);

    private readonly NpgsqlConnection _connection;

    private Session(NpgsqlConnection connection) => _connection = connection;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<Session> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(Cancelled);
        return new Session(connection);
    }

    public event NoticeEventHandler Notice
    {
        add => _connection.Notice += value;
        remove => _connection.Notice -= value;
    }

    /// <returns>Rows affected.</returns>
    public async Task<int> ExecuteAsync(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(Cancelled);
    }

    public async Task<T> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return (T)(await command.ExecuteScalarAsync(Cancelled) ?? throw new InvalidOperationException($"No row: {sql}"));
    }

    /// <summary>All rows, their columns joined by '|'.</summary>
    public async Task<List<string>> RowsAsync(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        List<string> rows = [];
        while (await reader.ReadAsync(Cancelled))
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "null" : reader.GetValue(i))));
        return rows;
    }

    /// <summary>The error that a statement ends with.</summary>
    public Task<PostgresException> RefusedAsync(string sql, params object[] parameters) =>
        Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(sql, parameters));

    /// <summary>Waits until this session's running statement waits for another one's lock.</summary>
    public async Task BlockedAsync(Session observer)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        deadline.CancelAfter(BlockDeadline);
        while (await observer.ScalarAsync<int>("select cardinality(pg_blocking_pids($1))", _connection.ProcessID) == 0)
            await Task.Delay(5, deadline.Token);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private NpgsqlCommand Command(string sql, object[] parameters)
    {
        var command = new NpgsqlCommand(sql, _connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        return command;
    }
}
