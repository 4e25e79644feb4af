using System.Diagnostics;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Claiming;

/// <summary>
/// Takes due subjects from <c>kamailio_sync.queue</c> under a lease. The lease only keeps workers out of each other's
/// way: correctness rests on versions and fences, so a lease that ran out under a stalled worker costs work, not truth.
/// </summary>
public sealed class Claimer(SupabaseDatabase supabase) : IDisposable
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

    private readonly QueuePosition _position = new();
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>
    /// Leases at most <paramref name="limit"/> due subjects for <paramref name="duration"/> by the database's clock. Fewer
    /// were due if it answers fewer, but only none says that a look at the whole queue found none.
    /// </summary>
    public async Task<Lease> ClaimDueAsync(int limit, TimeSpan duration, CancellationToken cancellationToken)
    {
        // Two claims of one process side by side would walk over each other's rows.
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var id = Guid.NewGuid();
            await using var connection = await supabase.OpenAsync(cancellationToken);
            while (true)
            {
                var began = Stopwatch.GetTimestamp();
                var from = _position.Next();
                var (subjects, found, last) = await ClaimAsync(connection, id, limit, duration, from, cancellationToken);
                _position.Claimed(from, isFull: found == limit, last, Stopwatch.GetElapsedTime(began));

                if (subjects.Count > 0 || (found == 0 && from == QueuePosition.Start))
                    return new Lease(id, subjects);
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>
    /// Gives back what is still under the lease, so that it is due again at once. Answers what it could not free,
    /// because a transaction that is changing it holds it locked.
    /// </summary>
    public async Task<IReadOnlyList<Subject>> FreeAsync(Lease lease, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(FreeUnlockedOfLease, connection);
        command.AddSubjects(lease.Subjects);
        command.Parameters.Add(new() { Value = lease.Id, NpgsqlDbType = NpgsqlDbType.Uuid });
        return await ReadSubjectsAsync(command, cancellationToken);
    }

    public void Dispose() => _oneAtATime.Dispose();

    private static async Task<(List<Subject> Subjects, long Found, QueueKey? Last)> ClaimAsync(
        NpgsqlConnection connection, Guid lease, int limit, TimeSpan duration, QueueKey from, CancellationToken cancellationToken)
    {
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

        return (subjects, found, last);
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
