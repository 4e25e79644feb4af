using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Claiming;

/// <summary>What a claim says to the queue, each in a transaction of its own. The model of the protocol stands in for it.</summary>
internal interface IClaimStatements
{
    /// <summary>
    /// Leases at most <paramref name="limit"/> due subjects behind <paramref name="from"/>, skipping locked ones. What is
    /// under this very lease already counts as free: it was claimed by a statement whose answer got lost.
    /// </summary>
    Task<Claimed> ClaimAsync(Guid lease, int limit, TimeSpan duration, QueueKey from, CancellationToken cancellationToken);

    /// <summary>Takes the lease off its subjects, skipping locked ones, which it answers.</summary>
    Task<IReadOnlyList<Subject>> FreeAsync(Lease lease, CancellationToken cancellationToken);
}

/// <param name="Found">How many were due; more than <paramref name="Subjects"/> where some moved before they were locked.</param>
/// <param name="Last">The last row that was claimed.</param>
internal sealed record Claimed(IReadOnlyList<Subject> Subjects, long Found, QueueKey? Last)
{
    /// <inheritdoc cref="Lease.Places"/>
    public IReadOnlyDictionary<Subject, string> Places { get; init; } = new Dictionary<Subject, string>();
}

internal sealed class ClaimStatements(SupabaseDatabase supabase) : IClaimStatements
{
    // Skip locked: a row whose change is not committed yet is no concern of ours until it is.
    //
    // By place (ctid), because a join over the key reads the whole queue wherever the planner takes it for short. A row
    // that changed between this statement's snapshot and its lock has moved, and is not found there: "found" tells that
    // of it, and the claim is repeated. The index of the order leaves out what is parked, and serves whoever says so.
    private const string ClaimDueSubjects = """
        with due as materialized (
          select ctid as place
          from kamailio_sync.queue
          where next_attempt_at <= now() and next_attempt_at < 'infinity'
            and (next_attempt_at, subject_id) > (coalesce($4, now() - interval '5 s'), $5)
            and (leased_until is null or leased_until <= now() or lease_id = $2)
          order by next_attempt_at, subject_id
          limit $1
          for update skip locked
        ),
        claimed as (
          update kamailio_sync.queue q
          set lease_id = $2, leased_until = now() + $3
          where q.ctid = any (array(select place from due))
          returning q.kind, q.subject_id, q.next_attempt_at, q.ctid::text as place
        )
        select c.kind, c.subject_id, c.next_attempt_at, (select count(*) from due) as found, c.place
        from (select) as one left join claimed c on true
        order by c.next_attempt_at, c.subject_id
        """;

    // Along the index, and no further than the limit: where the planner takes what is due for little it reads and sorts
    // all of it for each claim. One round trip, and one transaction, with the claim.
    private const string InOrder =
        "select set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true)";

    private const string FreeUnlockedOfLease = """
        with asked as materialized (
          select q.kind, q.subject_id
          from unnest($1, $2) as s (kind, subject_id)
          cross join lateral (
            select * from kamailio_sync.queue q
            where q.kind = s.kind and q.subject_id = s.subject_id and q.lease_id = $3 offset 0
          ) q
        ),
        unlocked as materialized (
          select a.kind, a.subject_id, q.place
          from (select * from asked order by kind, subject_id) a
          cross join lateral (
            select q.ctid as place from kamailio_sync.queue q
            where q.kind = a.kind and q.subject_id = a.subject_id and q.lease_id = $3
            for update skip locked
          ) q
        ),
        freed as (
          update kamailio_sync.queue q
          set lease_id = null, leased_until = null
          where q.ctid = any (array(select u.place from unlocked u)) and q.lease_id = $3
          returning q.kind, q.subject_id
        )
        select kind, subject_id from asked
        except
        select kind, subject_id from freed
        """;

    public async Task<Claimed> ClaimAsync(Guid lease, int limit, TimeSpan duration, QueueKey from, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(InOrder));
        var command = new NpgsqlBatchCommand(ClaimDueSubjects);
        batch.BatchCommands.Add(command);
        command.Parameters.Add(new() { Value = limit, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = lease, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = duration, NpgsqlDbType = NpgsqlDbType.Interval });
        command.Parameters.Add(new() { Value = from.NextAttemptAt ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = from.SubjectId, NpgsqlDbType = NpgsqlDbType.Uuid });

        var subjects = new List<Subject>(limit);
        var places = new Dictionary<Subject, string>(limit);
        var found = 0L;
        QueueKey? last = null;
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        await row.NextResultAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            found = row.GetInt64(3);
            if (row.IsDBNull(0))
                continue;
            subjects.Add(new Subject(SubjectKinds.FromQueueText(row.GetString(0)), row.GetGuid(1)));
            places[subjects[^1]] = row.GetString(4);
            last = new QueueKey(row.GetDateTime(2), row.GetGuid(1));
        }

        return new Claimed(subjects, found, last) { Places = places };
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
