using Neolia.Functions.Draining;
using Neolia.Functions.Secrets;
using Neolia.Functions.Supabase;
using Npgsql;

namespace Neolia.Functions.Checking;

/// <summary>Measures Supabase's database: is it there, are all migrations applied, what waits?</summary>
public sealed class SupabaseCheck(SupabaseDatabase supabase, QueueGauge queue, WaitingForPeople people)
{
    private const string ReadClock = "select clock_timestamp()";

    // Longer than a login is tried again while the password is being changed: a refusal is to be told as one.
    private static readonly TimeSpan Patience = RotatingPassword.Patience + TimeSpan.FromSeconds(3);

    public Task<SupabaseState> MeasureAsync(CancellationToken cancellationToken)
    {
        var silent = DatabaseVerdict.Unreachable;
        return JudgeAsync(
            async token =>
            {
                var skew = await ReadClockSkewAsync(token);

                // Whoever is silent after that is there, and slow.
                silent = DatabaseVerdict.Overloaded;
                return await FindFaultAsync(token) ?? new SupabaseState(DatabaseVerdict.Good, Queue: await queue.ReadAsync(token), ClockSkew: skew);
            },
            () => silent,
            cancellationToken);
    }

    /// <summary>Adds what is the caller's own.</summary>
    public Task<SupabaseState> CountAsync(SupabaseState state, Caller caller, CancellationToken cancellationToken) => JudgeAsync(
        async token =>
        {
            if (state.Verdict != DatabaseVerdict.Good)
                return state;
            var (withoutCredentials, notSynced) = await people.CountAsync(caller, token);
            return state with { WithoutCredentials = withoutCredentials, NotSynced = notSynced };
        },
        () => DatabaseVerdict.Overloaded,
        cancellationToken);

    /// <param name="silence">What it means that no answer comes in time.</param>
    private static Task<SupabaseState> JudgeAsync(
        Func<CancellationToken, Task<SupabaseState>> measure, Func<DatabaseVerdict> silence, CancellationToken cancellationToken) =>
        Bounded.RunAsync(token => JudgeWhateverComesAsync(measure, silence, token), Patience, () => new SupabaseState(silence()), cancellationToken);

    private static async Task<SupabaseState> JudgeWhateverComesAsync(
        Func<CancellationToken, Task<SupabaseState>> measure, Func<DatabaseVerdict> silence, CancellationToken cancellationToken)
    {
        try
        {
            return await measure(cancellationToken);
        }
        catch (PostgresException exception)
        {
            return new SupabaseState(Judge(exception.SqlState));
        }
        catch (NpgsqlException exception) when (exception.InnerException is TimeoutException)
        {
            return new SupabaseState(silence());
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
        PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.OutOfMemory
            or PostgresErrorCodes.DiskFull => DatabaseVerdict.Overloaded,
        _ => DatabaseVerdict.Unreachable,
    };

    /// <summary>Null: all is there, and may be used.</summary>
    private async Task<SupabaseState?> FindFaultAsync(CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(SupabaseSchema.FindFault, connection);
        await using var fault = await command.ExecuteReaderAsync(cancellationToken);
        return await fault.ReadAsync(cancellationToken)
            ? new SupabaseState(fault.GetBoolean(1) ? DatabaseVerdict.OtherSchema : DatabaseVerdict.NoRights, fault.GetString(0))
            : null;
    }

    private async Task<TimeSpan> ReadClockSkewAsync(CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var clock = new NpgsqlCommand(ReadClock, connection);
        var asked = DateTime.UtcNow;
        var now = (DateTime)(await clock.ExecuteScalarAsync(cancellationToken))!;
        return now - (asked + ((DateTime.UtcNow - asked) / 2));
    }
}
