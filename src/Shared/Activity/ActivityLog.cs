using Microsoft.Extensions.Options;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Activity;

/// <summary>
/// What people read in <c>intercom_activity_logs</c>. What happens in Supabase is noted there by triggers, in the same
/// transaction; this groups and publishes it, and notes what only the program knows.
/// </summary>
public sealed class ActivityLog(SupabaseDatabase supabase, IOptions<ActivityOptions> options)
{
    private const string Publish = "select kamailio_sync.publish_activity($1, $2)";
    private const string Forget = "select kamailio_sync.forget_activity($1)";
    private const string NoteDrift = "select kamailio_sync.note_drift($1, $2)";

    /// <summary>Answers how many rows were added to the log. What is too old leaves it.</summary>
    public async Task<int> PublishAsync(CancellationToken cancellationToken)
    {
        var published = await PublishWaitingAsync(cancellationToken);
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Forget, connection);
        command.Parameters.Add(new() { Value = options.Value.KeepFor, NpgsqlDbType = NpgsqlDbType.Interval });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return published;
    }

    /// <summary>
    /// Tells that Kamailio's rows of these subjects differ from what is desired. That they are repaired is told by the
    /// acknowledge that says so.
    /// </summary>
    internal async Task NoteDriftAsync(IReadOnlyCollection<Subject> subjects, CancellationToken cancellationToken)
    {
        if (subjects.Count == 0)
            return;
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(NoteDrift, connection);
        command.AddSubjects(subjects);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<int> PublishWaitingAsync(CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Publish, connection);
        command.Parameters.Add(new() { Value = options.Value.Language, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = options.Value.GroupAbove, NpgsqlDbType = NpgsqlDbType.Integer });
        try
        {
            return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (PostgresException exception) when (GaveWay(exception.SqlState))
        {
            // A user is deleting what the log would name, or just has: the notes are still there for the next run.
            return 0;
        }
    }

    private static bool GaveWay(string state) =>
        state is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.ForeignKeyViolation;
}
