using System.Data.Common;
using System.Diagnostics;
using MySqlConnector;
using Npgsql;

namespace Neolia.Chaos.Arenas;

/// <summary>The harness' own way into one of the databases, which somebody may just have killed.</summary>
internal sealed class Database(DbDataSource source)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = Command(connection, sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<List<T>> ReadAsync<T>(string sql, Func<DbDataReader, T> map, CancellationToken cancellationToken, params object[] values)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = Command(connection, sql, values);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await row.ReadAsync(cancellationToken))
            rows.Add(map(row));
        return rows;
    }

    public async Task<T> ReadOneAsync<T>(string sql, CancellationToken cancellationToken, params object[] values) =>
        (await ReadAsync(sql, row => (T)Convert.ChangeType(row.GetValue(0), typeof(T), System.Globalization.CultureInfo.InvariantCulture), cancellationToken, values))[0];

    /// <summary>Again and again while the server is away or another transaction is in the way.</summary>
    public static async Task<T> PatientlyAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await work();
            }
            catch (Exception exception) when (IsFault(exception) && Stopwatch.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
            }
        }
    }

    /// <inheritdoc cref="PatientlyAsync{T}"/>
    public static async Task PatientlyAsync(Func<Task> work, CancellationToken cancellationToken) => await PatientlyAsync(
        async () =>
        {
            await work();
            return true;
        },
        cancellationToken);

    /// <summary>What a killed, locked or vanished database says to whoever works with it.</summary>
    public static bool IsFault(Exception exception) => exception is NpgsqlException or MySqlException or IOException or TimeoutException
        || (exception is ObjectDisposedException or InvalidOperationException && exception.InnerException is NpgsqlException or MySqlException);

    private static DbCommand Command(DbConnection connection, string sql, object[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 60;
        foreach (var value in values)
        {
            var parameter = command.CreateParameter();
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
