using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Registrations;

/// <summary>
/// The turn to write registrations: one run at a time, whichever instance it is on. It is a lease that runs out by itself,
/// with a fence: a run that stalled for longer than that writes nothing any more once another one has begun.
/// </summary>
/// <param name="Run">Grows with each run; every write carries it.</param>
/// <param name="ResumeAfter">The account at which the last run's time was up.</param>
public sealed record RegistrationTurn(long Run, Guid ResumeAfter)
{
    private const string BeginUnlessBusy = """
        update kamailio_sync.registration_run
        set run = run + 1, busy_until = clock_timestamp() + $1
        where busy_until < clock_timestamp()
        returning run, resume_after
        """;

    private const string EndIfLast = """
        update kamailio_sync.registration_run set busy_until = '-infinity', resume_after = $2 where run = $1
        """;

    /// <summary>Null when another run has the turn.</summary>
    public static async Task<RegistrationTurn?> BeginAsync(SupabaseDatabase supabase, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(BeginUnlessBusy, connection);
        command.Parameters.Add(new() { Value = lease, NpgsqlDbType = NpgsqlDbType.Interval });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? new RegistrationTurn(row.GetInt64(0), row.GetGuid(1)) : null;
    }

    /// <summary>Lets the next run begin. Whatever ended this one: a caller who has gone must not hold up the others.</summary>
    public async Task EndAsync(SupabaseDatabase supabase, Guid resumeAfter)
    {
        await using var connection = await supabase.OpenAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand(EndIfLast, connection);
        command.Parameters.Add(new() { Value = Run, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = resumeAfter, NpgsqlDbType = NpgsqlDbType.Uuid });
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
