using Neolia.Functions.Acknowledging;
using Neolia.Functions.Applying;
using Neolia.Functions.Claiming;
using Neolia.Functions.Reading;
using Neolia.Functions.Subjects;
using Neolia.ProtocolModel.Scheduling;

namespace Neolia.ProtocolModel.Databases;

/// <summary>
/// What the drain says to Supabase, statement for statement. A statement sees the rows of the moment it begins at; a row
/// that it locks later may have changed, and is then looked at again as it is now, like Postgres does it.
/// </summary>
internal sealed class QueueStatements(SupabaseModel supabase, MarkStatements marks) : IClaimStatements, IDesiredReader, IAcknowledger, IVersionRenewal
{
    public Task<Claimed> ClaimAsync(Guid lease, int limit, TimeSpan duration, QueueKey from, CancellationToken cancellationToken) =>
        supabase.StatementAsync($"claims up to {limit}{Where(from)}", async transaction =>
        {
            var now = supabase.Now();
            var seen = Due(now, from, lease).ToList();
            await supabase.MomentAsync("locks what it saw due", transaction);

            var (found, claimed, last) = (0, new List<Subject>(), (QueueKey?)null);
            foreach (var (id, row) in seen)
            {
                if (found == limit)
                    break;
                if (!supabase.Queue.TryLock(id, transaction) || supabase.Queue.Find(id) is not { } current || !(current.IsDue(now) || current.IsUnder(lease, now)))
                    continue;
                found++;

                // By place: one that was written meanwhile is found, and not claimed.
                if (current.Place != row.Place)
                    continue;
                supabase.Queue.Write(id, current with { LeaseId = lease, LeasedUntil = now + duration, Place = supabase.NewPlace() }, transaction);
                claimed.Add(new Subject(SubjectKind.Account, id));
                last = new QueueKey(current.NextAttemptAt, id);
            }

            Actor.Current.Note($"{claimed.Count} claimed");
            return new Claimed(claimed, found, last);
        });

    public Task<IReadOnlyList<Subject>> FreeAsync(Lease lease, CancellationToken cancellationToken) =>
        supabase.StatementAsync("frees what is left", transaction =>
        {
            var locked = new List<Subject>();
            foreach (var subject in lease.Subjects.OrderBy(s => s.Id))
            {
                if (supabase.Queue.Find(subject.Id) is not { } row || row.LeaseId != lease.Id)
                    continue;
                if (supabase.Queue.TryLock(subject.Id, transaction))
                    supabase.Queue.Write(subject.Id, row with { LeaseId = null, LeasedUntil = null, Place = supabase.NewPlace() }, transaction);
                else
                    locked.Add(subject);
            }

            return Task.FromResult<IReadOnlyList<Subject>>(locked);
        });

    /// <summary>One snapshot (rule P4).</summary>
    public Task<IReadOnlyList<DesiredAccount>> ReadAccountsAsync(Lease lease, CancellationToken cancellationToken) =>
        supabase.StatementAsync<IReadOnlyList<DesiredAccount>>("reads what should be true", async transaction =>
        {
            var states = lease.Subjects.ToDictionary(s => s.Id, s => supabase.StateOf(s.Id));
            if (supabase.Defect == Defect.StateReadBeforeVersion)
                await supabase.MomentAsync("reads the versions", transaction);
            var read = lease.Subjects.OrderBy(s => s.Id)
                .Where(s => supabase.Queue.Find(s.Id)?.LeaseId == lease.Id)
                .Select(s => new DesiredAccount(s.Id, supabase.Queue.Find(s.Id)!.Version, states[s.Id]))
                .ToList();
            Actor.Current.Note($"versions {string.Join(", ", read.Select(a => a.Version))}");
            return read;
        });

    public Task<IReadOnlyList<DesiredUnit>> ReadUnitsAsync(Lease lease, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DesiredUnit>>([]);

    public Task<IReadOnlyDictionary<Subject, int>> ReadAttemptsAsync(IReadOnlyList<Subject> subjects, CancellationToken cancellationToken) =>
        supabase.StatementAsync("reads attempts", _ => Task.FromResult<IReadOnlyDictionary<Subject, int>>(
            subjects.Where(s => supabase.Queue.Find(s.Id) is not null).ToDictionary(s => s, s => supabase.Queue.Find(s.Id)!.Attempts)));

    public Task<IReadOnlySet<Subject>> AcknowledgeAsync(IReadOnlyList<Acknowledgement> results, CancellationToken cancellationToken) =>
        supabase.StatementAsync<IReadOnlySet<Subject>>($"acknowledges {results.Count}", async transaction =>
        {
            var now = supabase.Now();
            var seen = results.Where(r => HasVersion(r)).OrderBy(r => r.Subject.Id).Select(r => (Result: r, supabase.Queue.Find(r.Subject.Id)!.Place)).ToList();
            await supabase.MomentAsync("locks what it acknowledges", transaction);

            var written = new HashSet<Subject>();
            foreach (var (result, place) in seen)
            {
                var id = result.Subject.Id;
                if (!supabase.Queue.TryLock(id, transaction) || !HasVersion(result) || supabase.Queue.Find(id)!.Place != place || !supabase.States.TryLock(id, transaction))
                    continue;
                written.Add(result.Subject);
                Write(result, now, transaction);
            }

            Actor.Current.Note($"{written.Count} written");
            return written;
        });

    public Task<int> RenewAsync(IReadOnlyList<SubjectResult> superseded, CancellationToken cancellationToken) =>
        marks.RenewAsync(superseded, superseded.Max(r => r.Fence));

    /// <summary>In the order in which the queue is worked off.</summary>
    private IEnumerable<KeyValuePair<Guid, QueueRow>> Due(DateTime now, QueueKey begin, Guid lease) => supabase.Queue.Committed
        .Where(q => (q.Value.IsDue(now) || q.Value.IsUnder(lease, now))
            && (begin with { NextAttemptAt = begin.NextAttemptAt ?? now - TimeSpan.FromSeconds(5) }).IsBehind(new QueueKey(q.Value.NextAttemptAt, q.Key)))
        .OrderBy(q => q.Value.NextAttemptAt).ThenBy(q => q.Key);

    private static string Where(QueueKey from) => from == QueuePosition.Start ? "" : from == QueuePosition.Lately ? " of the last seconds" : " from its place";

    private bool HasVersion(Acknowledgement result) => supabase.Queue.Find(result.Subject.Id) is { } row
        && (row.Version == result.Version
            || (supabase.Defect == Defect.AcknowledgeWithoutVersion && result.Finished)
            || (supabase.Defect == Defect.FailureWithoutVersion && !result.Finished));

    private void Write(Acknowledgement result, DateTime now, Transaction transaction)
    {
        var id = result.Subject.Id;
        var row = supabase.Queue.Find(id)!;
        supabase.Queue.Write(id, result.Finished ? null : row with
        {
            Attempts = row.Attempts + (result.Counts ? 1 : 0),
            NextAttemptAt = result.RetryIn is { } wait ? now + wait : DateTime.MaxValue,
            LastError = result.Problem?.Message,
            LeaseId = null,
            LeasedUntil = null,
            Place = supabase.NewPlace(),
        }, transaction);

        if (supabase.States.Find(id) is { } state && (result.Finished || result.Counts || (state.State, state.ErrorCode) != (result.State, result.Problem?.Code)))
        {
            supabase.States.Write(id, new StateRow(
                result.State,
                result.Finished ? 0 : state.Attempts + (result.Counts ? 1 : 0),
                result.Problem?.Code,
                result.HasCredentials ?? state.HasCredentials), transaction);
        }
    }
}
