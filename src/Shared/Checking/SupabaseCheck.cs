using Neolia.Functions.Draining;
using Neolia.Functions.Secrets;
using Neolia.Functions.Supabase;
using Npgsql;

namespace Neolia.Functions.Checking;

/// <summary>Measures Supabase's database: is it there, are all migrations applied, what waits?</summary>
public sealed class SupabaseCheck(SupabaseDatabase supabase, QueueGauge queue)
{
    private const string ReadClock = "select clock_timestamp()";

    private const string CountWhatPeopleMustDo = """
        select
          count(*) filter (where not s.has_credentials and s.state <> 'disabled'),
          count(*) filter (where s.state = 'failed') + (select count(*) from public.unit_sync u where u.state = 'failed')
        from public.sip_account_sync s
        """;

    // Longer than a login is tried again while the password is being changed: a refusal is to be told as one.
    private static readonly TimeSpan Patience = RotatingPassword.Patience + TimeSpan.FromSeconds(3);

    public Task<SupabaseState> MeasureAsync(Caller caller, CancellationToken cancellationToken) => Bounded.RunAsync(
        token => MeasureWhateverComesAsync(caller, token), Patience, new SupabaseState(DatabaseVerdict.Unreachable), cancellationToken);

    private async Task<SupabaseState> MeasureWhateverComesAsync(Caller caller, CancellationToken cancellationToken)
    {
        try
        {
            var state = await ReadSchemaAsync(cancellationToken);
            if (state.Verdict != DatabaseVerdict.Good)
                return state;
            var (withoutCredentials, notSynced) = await CountWhatPeopleMustDoAsync(caller, cancellationToken);
            return state with { Queue = await queue.ReadAsync(cancellationToken), WithoutCredentials = withoutCredentials, NotSynced = notSynced };
        }
        catch (PostgresException exception)
        {
            return new SupabaseState(Judge(exception.SqlState));
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or MissingSecretException)
        {
            return new SupabaseState(DatabaseVerdict.Unreachable);
        }
    }

    private static DatabaseVerdict Judge(string state) => state switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => DatabaseVerdict.Refused,
        PostgresErrorCodes.InsufficientPrivilege => DatabaseVerdict.NoRights,
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedFunction => DatabaseVerdict.OtherSchema,
        _ => DatabaseVerdict.Unreachable,
    };

    private async Task<SupabaseState> ReadSchemaAsync(CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(SupabaseSchema.FindFault, connection))
        {
            await using var fault = await command.ExecuteReaderAsync(cancellationToken);
            if (await fault.ReadAsync(cancellationToken))
                return new SupabaseState(fault.GetBoolean(1) ? DatabaseVerdict.OtherSchema : DatabaseVerdict.NoRights, fault.GetString(0));
        }

        await using var clock = new NpgsqlCommand(ReadClock, connection);
        var asked = DateTime.UtcNow;
        var now = (DateTime)(await clock.ExecuteScalarAsync(cancellationToken))!;
        return new SupabaseState(DatabaseVerdict.Good, ClockSkew: now - (asked + ((DateTime.UtcNow - asked) / 2)));
    }

    private async Task<(long WithoutCredentials, long NotSynced)> CountWhatPeopleMustDoAsync(Caller caller, CancellationToken cancellationToken)
    {
        await using var session = await CallerSession.BeginAsync(supabase, caller, cancellationToken);
        await using var command = session.CreateCommand(CountWhatPeopleMustDo);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetInt64(0), row.GetInt64(1));
    }
}
