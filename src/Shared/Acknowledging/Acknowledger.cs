using Neolia.Functions.Applying;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Neolia.Functions.Telemetry;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Acknowledging;

/// <summary>What the model of the protocol stands in for.</summary>
internal interface IAcknowledger
{
    Task<IReadOnlySet<Subject>> AcknowledgeAsync(IReadOnlyList<Acknowledgement> results, CancellationToken cancellationToken);

    Task<IReadOnlyDictionary<Subject, int>> ReadAttemptsAsync(IReadOnlyList<Subject> subjects, CancellationToken cancellationToken);
}

/// <summary>
/// Tells Supabase what became of subjects, in one statement. Whatever it writes, it writes only where the version is
/// still the one read (rule P3): a change made meanwhile must neither be deleted with the row nor be parked by the
/// report of an older failure.
/// </summary>
public sealed class Acknowledger(SupabaseDatabase supabase) : IAcknowledger
{
    // Skip locked, queue first and state second (rule P2): who holds a row is changing it, and waiting for an open
    // user transaction would hold up the batch, or end in a deadlock with a cascading delete. The rows are found by their
    // keys, one after the other: a join is free to read all of a long queue for each batch, and does.
    private const string AcknowledgeUnchangedVersions = """
        with result as (
          select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            as r (kind, subject_id, version, finished, counts, retry_in, state, has_credentials, error_code, error, error_about)
        ),
        held as materialized (
          select r.*, q.enqueued_at
          from (select * from result order by kind, subject_id) r
          cross join lateral (
            select q.enqueued_at from kamailio_sync.queue q
            where q.kind = r.kind and q.subject_id = r.subject_id and q.version = r.version
            for update skip locked
          ) q
        ),
        held_state as materialized (
          select s.account_id
          from public.sip_account_sync s
          where s.account_id = any (array(select h.subject_id from held h where h.kind = 'account'))
          order by s.account_id
          for update of s skip locked
        ),
        held_unit_state as materialized (
          select s.unit_id
          from public.unit_sync s
          where s.unit_id = any (array(select h.subject_id from held h where h.kind = 'unit_rules'))
          order by s.unit_id
          for update of s skip locked
        ),
        ready as materialized (
          select h.*
          from held h
          where h.kind = 'account'
            and (exists (select from held_state s where s.account_id = h.subject_id)
              or not exists (select from public.sip_account_sync s where s.account_id = h.subject_id))
             or h.kind = 'unit_rules'
            and (exists (select from held_unit_state s where s.unit_id = h.subject_id)
              or not exists (select from public.unit_sync s where s.unit_id = h.subject_id))
        ),
        finished as (
          delete from kamailio_sync.queue q using ready r
          where r.finished and q.kind = r.kind and q.subject_id = r.subject_id and q.version = r.version
        ),
        kept as (
          update kamailio_sync.queue q
          set attempts = q.attempts + r.counts::int,
              next_attempt_at = case when r.retry_in is null then 'infinity' else now() + r.retry_in end,
              last_error = r.error,
              lease_id = null,
              leased_until = null
          from ready r
          where not r.finished and q.kind = r.kind and q.subject_id = r.subject_id and q.version = r.version
        ),
        state as (
          update public.sip_account_sync s
          set state = r.state,
              has_credentials = coalesce(r.has_credentials, s.has_credentials),
              error_code = r.error_code,
              last_error = r.error,
              attempts = case when r.finished then 0 else s.attempts + r.counts::int end,
              synced_at = case when r.finished then now() else s.synced_at end,
              updated_at = now()
          from ready r
          where r.kind = 'account' and s.account_id = r.subject_id
            -- Each write goes out over Realtime: an outage that goes on says nothing new.
            and (r.finished or r.counts or (s.state, s.error_code) is distinct from (r.state, r.error_code))
        ),
        unit_state as (
          update public.unit_sync s
          set state = r.state,
              error_code = r.error_code,
              error_about = r.error_about,
              last_error = r.error,
              attempts = case when r.finished then 0 else s.attempts + r.counts::int end,
              synced_at = case when r.finished then now() else s.synced_at end,
              updated_at = now()
          from ready r
          where r.kind = 'unit_rules' and s.unit_id = r.subject_id
            and (r.finished or r.counts or (s.state, s.error_code) is distinct from (r.state, r.error_code))
        )
        select kind, subject_id, case when finished then now() - enqueued_at end from ready
        """;

    /// <summary>
    /// Attempts made so far, per subject, without waiting for anybody: the back-off of the next one grows with them.
    /// </summary>
    private const string ReadAttempts = """
        select q.kind, q.subject_id, q.attempts
        from unnest($1, $2) as s (kind, subject_id)
        cross join lateral (
          select * from kamailio_sync.queue q where q.kind = s.kind and q.subject_id = s.subject_id offset 0
        ) q
        """;

    /// <summary>Answers the subjects whose row was written or deleted; the others moved on or are locked.</summary>
    public async Task<IReadOnlySet<Subject>> AcknowledgeAsync(IReadOnlyList<Acknowledgement> results, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(AcknowledgeUnchangedVersions, connection);
        command.AddSubjects([.. results.Select(r => r.Subject)]);
        command.AddArray(results, r => r.Version, NpgsqlDbType.Bigint);
        command.AddArray(results, r => r.Finished, NpgsqlDbType.Boolean);
        command.AddArray(results, r => r.Counts, NpgsqlDbType.Boolean);
        command.AddArray(results, r => r.RetryIn, NpgsqlDbType.Interval);
        command.AddArray(results, r => r.State, NpgsqlDbType.Text);
        command.AddArray(results, r => r.HasCredentials, NpgsqlDbType.Boolean);
        command.AddArray(results, r => r.Problem?.Code, NpgsqlDbType.Text);
        command.AddArray(results, r => r.Problem?.Message, NpgsqlDbType.Text);
        command.AddArray(results, r => r.Problem?.About, NpgsqlDbType.Text);

        var written = new HashSet<Subject>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            var subject = new Subject(SubjectKinds.FromQueueText(row.GetString(0)), row.GetGuid(1));
            written.Add(subject);
            if (!row.IsDBNull(2))
                Measures.Acknowledged(subject.Kind, row.GetTimeSpan(2));
        }

        return written;
    }

    public async Task<IReadOnlyDictionary<Subject, int>> ReadAttemptsAsync(IReadOnlyList<Subject> subjects, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ReadAttempts, connection);
        command.AddSubjects(subjects);

        var attempts = new Dictionary<Subject, int>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            attempts[new Subject(SubjectKinds.FromQueueText(row.GetString(0)), row.GetGuid(1))] = row.GetInt32(2);
        return attempts;
    }
}
