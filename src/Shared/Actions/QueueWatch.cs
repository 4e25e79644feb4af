using System.Diagnostics;
using Neolia.Functions.Applying;
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
        select last_error, next_attempt_at = 'infinity' from kamailio_sync.queue where kind = $1 and subject_id = $2
        """;

    public const string StillQueued = "The change is queued and is applied in the background.";

    /// <summary>A look at the own row now and then: a drain that is busy with somebody's bulk import answers nobody for long.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(25);

    /// <summary>Null when the change is applied; else, in a sentence, why it is not yet.</summary>
    public async Task<string?> DrainUntilAppliedAsync(Subject subject, TimeSpan budget, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        string? error = null;
        while (Stopwatch.GetElapsedTime(started) < budget)
        {
            var report = await drain.DrainAsync(Slice, cancellationToken);
            (var queued, error, var final) = await ReadAsync(subject, cancellationToken);
            if (!queued || final)
                return error;
            await Task.Delay(report.Complete ? Poll : Slice, cancellationToken);
        }

        return error ?? StillQueued;
    }

    /// <returns>Final: waiting any longer would not change it within a request's time.</returns>
    private async Task<(bool Queued, string? Error, bool Final)> ReadAsync(Subject subject, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ReadQueueRow, connection);
        command.Parameters.Add(new() { Value = subject.Kind.ToQueueText(), NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = subject.Id, NpgsqlDbType = NpgsqlDbType.Uuid });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
            return (false, null, false);
        var error = row.IsDBNull(0) ? null : row.GetString(0);
        return (true, error, Final: row.GetBoolean(1) || error == Problem.KamailioUnreachable.Message);
    }
}
