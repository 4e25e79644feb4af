using Microsoft.Extensions.Options;
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
    private const string Publish = "select kamailio_sync.publish_activity($1, $2, $3)";
    private const string Note = "select kamailio_sync.note_activity($1, $2, $3)";

    /// <summary>Answers how many rows were added to the log.</summary>
    public async Task<int> PublishAsync(CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Publish, connection);
        command.Parameters.Add(new() { Value = options.Value.Language, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = options.Value.GroupAbove, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = options.Value.KeepFor, NpgsqlDbType = NpgsqlDbType.Interval });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <param name="askedBy">The user; null when nobody asked.</param>
    public async Task NoteAsync(ActivityAction action, IReadOnlyCollection<Guid> accounts, Guid? askedBy, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Note, connection);
        command.Parameters.Add(new() { Value = action.ToText(), NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = accounts.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = (object?)askedBy ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
