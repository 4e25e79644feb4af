using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Claiming;

/// <summary>
/// Takes due subjects from <c>kamailio_sync.queue</c> under a lease. The lease only keeps workers out of each other's
/// way: correctness rests on versions and fences, so a lease that ran out under a stalled worker costs work, not truth.
/// </summary>
public sealed class Claimer(SupabaseDatabase supabase)
{
    // Skip locked: a row whose change is not committed yet is no concern of ours until it is.
    private const string ClaimDueSubjects = """
        with due as (
          select kind, subject_id
          from kamailio_sync.queue
          where next_attempt_at <= now() and (leased_until is null or leased_until <= now())
          order by next_attempt_at
          limit $1
          for update skip locked
        )
        update kamailio_sync.queue q
        set lease_id = $2, leased_until = now() + $3
        from due
        where q.kind = due.kind and q.subject_id = due.subject_id
        returning q.kind, q.subject_id
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

    /// <summary>Leases at most <paramref name="limit"/> due subjects for <paramref name="duration"/> by the database's clock.</summary>
    public async Task<Lease> ClaimDueAsync(int limit, TimeSpan duration, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid();
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ClaimDueSubjects, connection);
        command.Parameters.Add(new() { Value = limit, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = id, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = duration, NpgsqlDbType = NpgsqlDbType.Interval });
        return new Lease(id, await ReadSubjectsAsync(command, cancellationToken));
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

    private static async Task<List<Subject>> ReadSubjectsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var subjects = new List<Subject>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            subjects.Add(new Subject(SubjectKinds.FromQueueText(reader.GetString(0)), reader.GetGuid(1)));
        return subjects;
    }
}
