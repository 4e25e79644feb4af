using MySqlConnector;
using Neolia.LocalStack;
using Npgsql;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>Looks into both databases as their superusers, past everything that the dashboard and the app may see.</summary>
internal static class StackDatabases
{
    /// <param name="values">Named @p0, @p1 and so on in the statement.</param>
    public static async Task<T> ReadKamailioAsync<T>(this Stack stack, string sql, params object[] values)
    {
        await using var connection = new MySqlConnection(stack.KamailioDatabase.RootConnectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new MySqlCommand(sql, connection);
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue($"p{i}", values[i]);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) is { } value and not DBNull ? (T)value : default!;
    }

    public static Task ExecuteKamailioAsync(this Stack stack, string sql, params object[] values) => stack.ReadKamailioAsync<object?>(sql, values);

    /// <param name="values">Named $1, $2 and so on in the statement.</param>
    public static async Task<T> ReadSupabaseAsync<T>(this Stack stack, string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(stack.Project.SuperuserConnectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) is { } result and not DBNull ? (T)result : default!;
    }
}
