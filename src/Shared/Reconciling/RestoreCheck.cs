using MySqlConnector;
using Neolia.Functions.Acknowledging;
using Neolia.Functions.Applying;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Reconciling;

public enum Restored
{
    /// <summary>Neither side went back in time.</summary>
    None,

    /// <summary>Kamailio has seen versions that Supabase never drew, or had when the sequence was raised above them.</summary>
    Supabase,

    /// <summary>Kamailio's greatest version is lower than it was before.</summary>
    Kamailio,
}

/// <summary>
/// Rule M2: sees by the versions whether one of the databases was restored from a backup. Versions only grow, fences are
/// never deleted, and every version was drawn before it was applied: so Kamailio's greatest one is never below what was
/// seen before, nor above what Supabase's sequence says after. (In another order, changes made in between would look
/// like a restore.)
/// </summary>
public sealed class RestoreCheck(SupabaseDatabase supabase, KamailioDatabase kamailio)
{
    private const string ReadGreatestSeen = "select greatest_version, is_compared from kamailio_sync.kamailio_progress";

    private const string ReadGreatestDrawn = "select last_value from kamailio_sync.version";

    private const string RaiseSequence = "select kamailio_sync.renew('{}', '{}', '{}', $1)";

    // Never lower than it is: two runs may end in the wrong order. Except after a restore, which is dealt with by then.
    private const string Remember = """
        insert into kamailio_sync.kamailio_progress as p (greatest_version) values ($1)
        on conflict (only_row) do update
        set greatest_version = case when $2 then $1 else greatest(p.greatest_version, $1) end,
          is_compared = p.is_compared or $3,
          seen_at = now()
        """;

    public async Task<RestoreVerdict> LookAsync(CancellationToken cancellationToken)
    {
        var (seen, isCompared) = await ReadSeenAsync(cancellationToken);
        var applied = await ReadAppliedAsync(cancellationToken);
        var drawn = await ReadDrawnAsync(cancellationToken);
        return new RestoreVerdict(applied > drawn || !isCompared ? Restored.Supabase : applied < seen ? Restored.Kamailio : Restored.None, applied);
    }

    /// <summary>
    /// Fresh versions must pass the fences: without this each subject would find out by itself. A Kamailio that went back
    /// has lower fences, which stop nothing.
    /// </summary>
    public async Task RaiseSequenceAsync(RestoreVerdict verdict, CancellationToken cancellationToken)
    {
        if (verdict.Restored != Restored.Supabase)
            return;
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await RestoreNote.WriteAsync(connection, verdict.GreatestApplied, cancellationToken);
        await using var command = new NpgsqlCommand(RaiseSequence, connection);
        command.Parameters.Add(new() { Value = verdict.GreatestApplied, NpgsqlDbType = NpgsqlDbType.Bigint });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>When everything was compared and marked: a run that died before must be repeated.</summary>
    public async Task RememberAsync(RestoreVerdict verdict, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Remember, connection);
        command.Parameters.Add(new() { Value = verdict.GreatestApplied, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = verdict.Restored == Restored.Kamailio, NpgsqlDbType = NpgsqlDbType.Boolean });

        // Another one's note of after this run's look stays: what it is about may have been compared before.
        command.Parameters.Add(new() { Value = verdict.Restored == Restored.Supabase, NpgsqlDbType = NpgsqlDbType.Boolean });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<(long Greatest, bool IsCompared)> ReadSeenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ReadGreatestSeen, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? (row.GetInt64(0), row.GetBoolean(1)) : (0, true);
    }

    private async Task<long> ReadDrawnAsync(CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ReadGreatestDrawn, connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<long> ReadAppliedAsync(CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(KamailioProgress.ReadGreatest, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }
}

/// <param name="GreatestApplied">The greatest version that Kamailio's database has seen.</param>
public sealed record RestoreVerdict(Restored Restored, long GreatestApplied);
