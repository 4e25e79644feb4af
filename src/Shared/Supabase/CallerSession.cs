using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Supabase;

/// <summary>
/// A transaction in which row level security sees the caller instead of this program, as it does when the dashboard
/// asks through PostgREST. Both settings end with the transaction. For <see cref="Caller.Service"/> it stays this
/// program, which sees all.
/// </summary>
public sealed class CallerSession : IAsyncDisposable
{
    private const string BecomeCaller = """
        select set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true)
        """;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private CallerSession(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (_connection, _transaction) = (connection, transaction);

    public static async Task<CallerSession> BeginAsync(SupabaseDatabase supabase, Caller caller, CancellationToken cancellationToken)
    {
        var connection = await supabase.OpenAsync(cancellationToken);
        NpgsqlTransaction? transaction = null;
        try
        {
            transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (caller is Caller.User user)
            {
                await using var become = new NpgsqlCommand(BecomeCaller, connection, transaction);
                become.Parameters.Add(new() { Value = user.Claims, NpgsqlDbType = NpgsqlDbType.Text });
                await become.ExecuteNonQueryAsync(cancellationToken);
            }

            return new CallerSession(connection, transaction);
        }
        catch
        {
            if (transaction is not null)
                await transaction.DisposeAsync();
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>A command that runs as the caller.</summary>
    public NpgsqlCommand CreateCommand(string sql) => new(sql, _connection, _transaction);

    public Task CommitAsync(CancellationToken cancellationToken) => _transaction.CommitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
