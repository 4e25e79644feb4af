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
    // user transaction would hold up the batch, or end in a deadlock with a cascading delete.
    //
    // Each row is looked up once, by itself, and from then on named by its place (ctid): the queue's where it was claimed,
    // else by its key. A join by key is free to read all of a long queue for each row of the batch, and did so wherever
    // the statistics were of an empty one; and behind a key stand all rows of the subject's past that a held snapshot
    // keeps. One that moved between this statement's snapshot and its lock is not acknowledged, whatever moved it: whether
    // Postgres follows a row that it was to find by place depends on its minor release, so the place of the locked row is
    // compared.
    private const string AcknowledgeUnchangedVersions = """
        with result as (
          select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::tid[])
            as r (kind, subject_id, version, finished, counts, retry_in, state, has_credentials, error_code, error, error_about, claimed_at)
        ),
        held as materialized (
          select r.*, seen.place, q.enqueued_at
          from (select * from result order by kind, subject_id) r
          cross join lateral (
            select q.ctid as place from kamailio_sync.queue q
            where q.ctid = r.claimed_at and q.kind = r.kind and q.subject_id = r.subject_id
            union all
            select q.ctid from kamailio_sync.queue q where q.kind = r.kind and q.subject_id = r.subject_id
            limit 1
          ) seen
          cross join lateral (
            select q.enqueued_at, q.ctid as place from kamailio_sync.queue q
            where q.ctid = seen.place and q.version = r.version
            for update skip locked
          ) q
          where q.place = seen.place
        ),
        account as materialized (
          select h.*, seen.place as state_place
          from held h
          left join lateral (
            select s.ctid as place from public.sip_account_sync s where s.account_id = h.subject_id offset 0
          ) seen on true
          left join lateral (
            select s.ctid as place from public.sip_account_sync s where s.ctid = seen.place for update skip locked
          ) s on s.place = seen.place
          where h.kind = 'account' and (seen.place is null or s.place is not null)
        ),
        unit as materialized (
          select h.*, seen.place as state_place
          from held h
          left join lateral (
            select s.ctid as place from public.unit_sync s where s.unit_id = h.subject_id offset 0
          ) seen on true
          left join lateral (
            select s.ctid as place from public.unit_sync s where s.ctid = seen.place for update skip locked
          ) s on s.place = seen.place
          where h.kind = 'unit_rules' and (seen.place is null or s.place is not null)
        ),
        ready as materialized (
          select * from account union all select * from unit
        ),
        finished as (
          delete from kamailio_sync.queue q where q.ctid = any (array(select r.place from ready r where r.finished))
        ),
        kept as (
          update kamailio_sync.queue q
          set attempts = q.attempts + r.counts::int,
              next_attempt_at = case when r.retry_in is null then 'infinity' else now() + r.retry_in end,
              last_error = r.error,
              lease_id = null,
              leased_until = null
          from ready r
          where not r.finished and q.ctid = r.place
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
          from account r
          where s.ctid = r.state_place
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
          from unit r
          where s.ctid = r.state_place
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
        command.AddArray(results, r => r.Place, NpgsqlDbType.Text);

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
