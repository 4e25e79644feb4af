using Npgsql;

namespace Neolia.Functions.Registrations;

/// <summary>
/// The turn to write registrations, held to the end of the transaction: one run at a time, whichever instance it is on.
/// One that hangs loses it with its session (<c>idle_in_transaction_session_timeout</c> of the role), and can write
/// nothing any more.
/// </summary>
internal static class RegistrationTurn
{
    private const string Take = "select pg_try_advisory_xact_lock(hashtextextended('kamailio_sync.registrations', 0))";

    public static async Task<bool> TakeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Take, connection, transaction);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
