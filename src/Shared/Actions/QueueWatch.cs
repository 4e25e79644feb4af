using System.Diagnostics;
using Neolia.Functions.Draining;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Actions;

/// <summary>
/// Drains until a subject's change is applied, by whichever worker: another instance may hold its lease when this
/// process finds nothing due.
/// </summary>
public sealed class QueueWatch(SupabaseDatabase supabase, DrainRunner drain)
{
    private const string ReadQueueRow = """
        select last_error from kamailio_sync.queue where kind = $1 and subject_id = $2
        """;

    public const string StillQueued = "The change is queued and is applied in the background.";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(25);

    /// <summary>Null when the change is applied; else, in a sentence, why it is not yet.</summary>
    public async Task<string?> DrainUntilAppliedAsync(Subject subject, TimeSpan budget, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) is var elapsed && elapsed < budget)
        {
            await drain.DrainAsync(budget - elapsed, cancellationToken);
            var (queued, error) = await ReadAsync(subject, cancellationToken);
            if (!queued || error is not null)
                return error;
            await Task.Delay(Poll, cancellationToken);
        }

        return StillQueued;
    }

    private async Task<(bool Queued, string? Error)> ReadAsync(Subject subject, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ReadQueueRow, connection);
        command.Parameters.Add(new() { Value = subject.Kind.ToQueueText(), NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = subject.Id, NpgsqlDbType = NpgsqlDbType.Uuid });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? (true, row.IsDBNull(0) ? null : row.GetString(0)) : (false, null);
    }
}
