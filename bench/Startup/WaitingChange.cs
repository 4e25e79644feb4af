using System.Security.Cryptography;
using MySqlConnector;
using Neolia.Bench.Latency;
using Npgsql;

namespace Neolia.Bench.Startup;

/// <summary>A change that waits in the queue while no program runs, and is seen in MySQL once one has drained it.</summary>
internal sealed class WaitingChange(NpgsqlDataSource supabase, MySqlDataSource kamailio, RekeyLoad.Account account)
{
    private string _ha1 = "";

    public async Task MakeAsync(CancellationToken cancellationToken)
    {
        _ha1 = RandomNumberGenerator.GetHexString(32, lowercase: true);

        // A lease that a killed program left behind is as good as run out: it is not what is measured.
        await using var command = supabase.CreateCommand(
            """
            with rekeyed as (
              update kamailio_sync.credentials set ha1 = $1, issued_at = now(), updated_at = now() where account_id = $2
            )
            update kamailio_sync.queue set leased_until = null, lease_id = null
            """);
        command.Parameters.Add(new() { Value = _ha1 });
        command.Parameters.Add(new() { Value = account.Id });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Returns when it is applied; looks about every millisecond.</summary>
    public async Task IsDrainedAsync(CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenConnectionAsync(cancellationToken);
        await using var command = new MySqlCommand("select count(*) from subscriber where username = ? and ha1 = ?", connection);
        command.Parameters.Add(new() { Value = account.Username });
        command.Parameters.Add(new() { Value = _ha1 });
        while ((long)(await command.ExecuteScalarAsync(cancellationToken))! == 0)
            await Task.Delay(1, cancellationToken);
    }
}
