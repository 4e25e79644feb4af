using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Supabase;

/// <summary>
/// A transaction that comes into the way of users who change an account: they hold its queue row, and may come next for
/// what we hold. Who gives way must be us, and tries again.
/// </summary>
internal static class GivingWay
{
    public const int Attempts = 20;

    // Shorter than PostgreSQL's deadlock_timeout, which would choose between us and the user.
    // Who asks is for the log of activities. Both end with the transaction.
    private const string WaitBriefly = "select set_config('lock_timeout', '500ms', true), set_config('kamailio_sync.asked_by', $1, true)";

    /// <param name="caller">On whose behalf; null where the transaction finds out.</param>
    public static async Task<NpgsqlTransaction> BeginAsync(NpgsqlConnection connection, Caller? caller, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var wait = new NpgsqlCommand(WaitBriefly, connection, transaction);
        wait.Parameters.Add(new() { Value = (caller as Caller.User)?.Id.ToString() ?? "", NpgsqlDbType = NpgsqlDbType.Text });
        await wait.ExecuteNonQueryAsync(cancellationToken);
        return transaction;
    }

    /// <summary>Somebody is changing the account; he comes to his end, or we to that of our attempts.</summary>
    public static bool Gave(PostgresException exception) =>
        exception.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected;
}
