using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Claiming;

/// <summary>What a claim says to the queue, each in a transaction of its own. The model of the protocol stands in for it.</summary>
internal interface IClaimStatements
{
    /// <summary>Leases at most <paramref name="limit"/> due subjects behind <paramref name="from"/>, skipping locked ones.</summary>
    Task<Claimed> ClaimAsync(Guid lease, int limit, TimeSpan duration, QueueKey from, CancellationToken cancellationToken);

    /// <summary>Takes the lease off its subjects, skipping locked ones, which it answers.</summary>
    Task<IReadOnlyList<Subject>> FreeAsync(Lease lease, CancellationToken cancellationToken);
}

/// <param name="Found">How many were due; more than <paramref name="Subjects"/> where some moved before they were locked.</param>
/// <param name="Last">The last row that was claimed.</param>
internal sealed record Claimed(IReadOnlyList<Subject> Subjects, long Found, QueueKey? Last);

internal sealed class ClaimStatements(SupabaseDatabase supabase) : IClaimStatements
{
    // Skip locked: a row whose change is not committed yet is no concern of ours until it is.
    //
    // By place (ctid), because a join over the key reads the whole queue wherever the planner takes it for short. A row
    // that changed between this statement's snapshot and its lock has moved, and is not found there: "found" tells that
    // of it, and the claim is repeated.
    private const string ClaimDueSubjects = """
        with due as materialized (
          select ctid as place
          from kamailio_sync.queue
          where next_attempt_at <= now() and (next_attempt_at, subject_id) > ($4, $5)
            and (leased_until is null or leased_until <= now())
          order by next_attempt_at, subject_id
          limit $1
          for update skip locked
        ),
        claimed as (
          update kamailio_sync.queue q
          set lease_id = $2, leased_until = now() + $3
          where q.ctid = any (array(select place from due))
          returning q.kind, q.subject_id, q.next_attempt_at
        )
        select c.kind, c.subject_id, c.next_attempt_at, (select count(*) from due) as found
        from (select) as one left join claimed c on true
        order by c.next_attempt_at, c.subject_id
        """;

    private const string FreeUnlockedOfLease = """
        with asked as (
          select q.kind, q.subject_id
          from kamailio_sync.queue q
          join unnest($1, $2) as s (kind, subject_id) on s.kind = q.kind and s.subject_id = q.subject_id
          where q.lease_id = $3
        ),
        unlocked as materialized (
          select q.kind, q.subject_id
          from kamailio_sync.queue q
          join asked a on a.kind = q.kind and a.subject_id = q.subject_id
          where q.lease_id = $3
          order by q.kind, q.subject_id
          for update of q skip locked
        ),
        freed as (
          update kamailio_sync.queue q
          set lease_id = null, leased_until = null
          from unlocked u
          where q.kind = u.kind and q.subject_id = u.subject_id and q.lease_id = $3
          returning q.kind, q.subject_id
        )
        select kind, subject_id from asked
        except
        select kind, subject_id from freed
        """;

    public async Task<Claimed> ClaimAsync(Guid lease, int limit, TimeSpan duration, QueueKey from, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ClaimDueSubjects, connection);
        command.Parameters.Add(new() { Value = limit, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = lease, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = duration, NpgsqlDbType = NpgsqlDbType.Interval });
        command.Parameters.Add(new() { Value = from.NextAttemptAt, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = from.SubjectId, NpgsqlDbType = NpgsqlDbType.Uuid });

        var subjects = new List<Subject>(limit);
        var found = 0L;
        QueueKey? last = null;
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            found = row.GetInt64(3);
            if (row.IsDBNull(0))
                continue;
            subjects.Add(new Subject(SubjectKinds.FromQueueText(row.GetString(0)), row.GetGuid(1)));
            last = new QueueKey(row.GetDateTime(2), row.GetGuid(1));
        }

        return new Claimed(subjects, found, last);
    }

    public async Task<IReadOnlyList<Subject>> FreeAsync(Lease lease, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(FreeUnlockedOfLease, connection);
        command.AddSubjects(lease.Subjects);
        command.Parameters.Add(new() { Value = lease.Id, NpgsqlDbType = NpgsqlDbType.Uuid });
        return await ReadSubjectsAsync(command, cancellationToken);
    }

    private static async Task<List<Subject>> ReadSubjectsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var subjects = new List<Subject>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            subjects.Add(new Subject(SubjectKinds.FromQueueText(reader.GetString(0)), reader.GetGuid(1)));
        return subjects;
    }
}
