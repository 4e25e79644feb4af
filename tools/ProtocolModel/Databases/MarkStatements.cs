using Neolia.Functions.Applying;

namespace Neolia.ProtocolModel.Databases;

/// <summary>The functions of <c>kamailio_sync</c> that mark subjects dirty: migrations <c>marking</c> and <c>marking_by_the_machine</c>.</summary>
internal sealed class MarkStatements(SupabaseModel supabase)
{
    /// <summary>Within a user's statement: lock all, in key order, then draw the versions (rule P1).</summary>
    public async Task MarkAsync(IEnumerable<Guid> accounts, DateTime now, Transaction transaction)
    {
        var ids = accounts.Distinct().Order().ToList();
        var early = supabase.Defect == Defect.VersionDrawnBeforeLock ? ids.ToDictionary(id => id, _ => supabase.DrawVersion()) : null;
        if (early is not null)
            await supabase.MomentAsync("has drawn a version", transaction);

        foreach (var id in ids)
        {
            await supabase.Queue.LockAsync(id, transaction);
            Write(id, transaction, Found(id, transaction) ?? new QueueRow(0, now, 0, null, null, null, 0));
        }

        await supabase.MomentAsync("holds the queue rows", transaction);
        foreach (var id in ids)
        {
            var version = early?[id] ?? supabase.DrawVersion();
            Write(id, transaction, Found(id, transaction)! with { Version = version, Attempts = 0, NextAttemptAt = now, LastError = null });
        }

        await ShowPendingAsync(ids, transaction);
    }

    /// <summary><c>mark_again</c>: reconcile or somebody asks again. What others hold is skipped (rule P6).</summary>
    public Task<int> MarkAgainAsync(IReadOnlyCollection<Guid> accounts) => supabase.StatementAsync($"marks {accounts.Count} again", async transaction =>
    {
        var now = supabase.Now();
        var due = new List<Guid>();
        foreach (var id in accounts.Distinct().Order())
        {
            var isQueued = supabase.Queue.Find(id) is not null;
            if (!supabase.Queue.TryLock(id, transaction))
                continue;
            due.Add(id);
            if (supabase.Queue.Find(id) is not { } row)
                Write(id, transaction, new QueueRow(supabase.DrawVersion(), now, 0, null, null, null, 0));
            else if (isQueued && (row.LeaseId is not null || row.Attempts > 0 || row.NextAttemptAt > now || row.LastError is not null))
                Write(id, transaction, row with { Version = row.LeaseId is null ? row.Version : supabase.DrawVersion(), Attempts = 0, NextAttemptAt = now, LastError = null });
        }

        await ShowPendingAsync(due, transaction);
        return due.Count;
    });

    /// <summary><c>renew</c>: the sequence is raised past the fence, and who still has the version read gets a fresh one (rule M2).</summary>
    public Task<int> RenewAsync(IReadOnlyList<SubjectResult> superseded, long floor) => supabase.StatementAsync($"renews {superseded.Count} above {floor}", async transaction =>
    {
        var now = supabase.Now();
        await supabase.AdvisoryLocks.LockAsync("version", transaction);
        if (supabase.LastVersion < floor)
            supabase.LastVersion = floor + 1_000_000;
        await supabase.MomentAsync("has raised the sequence", transaction);

        var renewed = 0;
        foreach (var (id, version) in superseded.Select(r => (r.Subject.Id, r.Version)).Order())
        {
            if (supabase.Queue.Find(id)?.Version != version || !supabase.Queue.TryLock(id, transaction))
                continue;
            renewed++;
            if (supabase.Defect == Defect.HigherFenceAcknowledged)
                supabase.Queue.Write(id, null, transaction);
            else
                Write(id, transaction, supabase.Queue.Find(id)! with { Version = supabase.DrawVersion(), NextAttemptAt = now, LeaseId = null, LeasedUntil = null });
        }

        return renewed;
    });

    private async Task ShowPendingAsync(List<Guid> ids, Transaction transaction)
    {
        foreach (var id in ids)
        {
            await supabase.States.LockAsync(id, transaction);
            var exists = supabase.Accounts.Find(id, transaction) is not null;
            supabase.States.Write(id, exists ? new StateRow("pending", 0, null, supabase.Credentials.Find(id, transaction)?.Issued == true) : null, transaction);
        }
    }

    private QueueRow? Found(Guid id, Transaction transaction) => supabase.Queue.Find(id, transaction);

    private void Write(Guid id, Transaction transaction, QueueRow row) => supabase.Queue.Write(id, row with { Place = supabase.NewPlace() }, transaction);
}
