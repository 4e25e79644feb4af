using System.Diagnostics;
using Neolia.Functions.Applying;
using Neolia.Functions.Draining;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Neolia.Functions.Wording;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Actions;

/// <summary>
/// Drains until the change of a subject, or of several, is applied, by whichever worker: another instance may hold its lease
/// when this process finds nothing due.
/// </summary>
public sealed class QueueWatch(SupabaseDatabase supabase, DrainRunner drain)
{
    // The state that people see knows the error by its code, and goes with the account.
    private const string ReadQueueRow = """
        select q.last_error, q.next_attempt_at = 'infinity',
          public.intercom_explanation(coalesce(s.error_code, case when q.last_error = $3 then $4 end), 'fr')
        from kamailio_sync.queue q
        left join public.sip_account_sync s on q.kind = 'account' and s.account_id = q.subject_id
        where q.kind = $1 and q.subject_id = $2
        """;

    // What is parked or backs off is not.
    private const string IsAnyDue = """
        select exists (
          select from unnest($1, $2) as s (kind, subject_id)
          cross join lateral (
            select from kamailio_sync.queue q
            where q.kind = s.kind and q.subject_id = s.subject_id and q.next_attempt_at <= now() offset 0
          ) q
        )
        """;

    public static readonly Sentence StillQueued = new(
        "The change is queued and is applied in the background.",
        "La modification est en attente et sera appliquée en arrière-plan.");

    /// <summary>A look at the own row now and then: a drain that is busy with somebody's bulk import answers nobody for long.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(25);

    /// <summary>Null when the change is applied; else, in a sentence, why it is not yet.</summary>
    public async Task<Sentence?> DrainUntilAppliedAsync(Subject subject, TimeSpan budget, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        Sentence? error = null;
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

    /// <summary>False when the time was up, or a database out of reach, before each of the subjects was applied or had failed.</summary>
    public async Task<bool> DrainUntilNoneIsDueAsync(IReadOnlyList<Subject> subjects, TimeSpan budget, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (budget - Stopwatch.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
        {
            if (!(await drain.DrainAsync(left, cancellationToken)).Complete)
                return false;
            if (!await IsAnyDueAsync(subjects, cancellationToken))
                return true;
            await Task.Delay(Poll, cancellationToken);
        }

        return false;
    }

    /// <summary>
    /// <see cref="DrainUntilAppliedAsync"/> for who has committed, and something to hand over: whatever fails between the
    /// commit and the look at the queue, a password that nobody was told would lock the device out.
    /// </summary>
    public async Task<Sentence?> DrainCommittedAsync(Subject subject, TimeSpan budget, CancellationToken cancellationToken)
    {
        try
        {
            return await DrainUntilAppliedAsync(subject, budget, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return StillQueued;
        }
    }

    private async Task<bool> IsAnyDueAsync(IReadOnlyList<Subject> subjects, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(IsAnyDue, connection);
        command.AddSubjects(subjects);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <returns>Final: waiting any longer would not change it within a request's time.</returns>
    private async Task<(bool Queued, Sentence? Error, bool Final)> ReadAsync(Subject subject, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ReadQueueRow, connection);
        command.Parameters.Add(new() { Value = subject.Kind.ToQueueText(), NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = subject.Id, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = Problem.KamailioUnreachable.Message, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = Problem.KamailioUnreachable.Code, NpgsqlDbType = NpgsqlDbType.Text });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
            return (false, null, false);
        if (row.IsDBNull(0))
            return (true, null, Final: row.GetBoolean(1));
        var error = new Sentence(row.GetString(0), row.IsDBNull(2) ? StillQueued.French : row.GetString(2));
        return (true, error, Final: row.GetBoolean(1) || error.English == Problem.KamailioUnreachable.Message);
    }
}
