using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Neolia.Functions.Activity;
using Neolia.Functions.Draining;
using Neolia.Functions.Logging;
using Neolia.Functions.Telemetry;

namespace Neolia.Functions.Reconciling;

/// <summary>
/// Finds where Kamailio's database is not what Supabase says, whatever the reason, and marks it; the Drain repairs. Both
/// databases compute their checksums by themselves, and only buckets that differ are looked into.
/// </summary>
public sealed class Reconciler(
    RestoreCheck restore,
    DesiredDigests desired,
    AppliedDigests applied,
    SecondLook secondLook,
    ContactSweep contacts,
    UnmanagedSubscribers unmanaged,
    DirtyMarks marks,
    DrainRunner drain,
    ActivityLog activity,
    IOptions<ReconcileOptions> options,
    ILogger<Reconciler> logger)
{
    /// <summary>
    /// Whether one of the databases was restored since the last run (rule M2): a reason to run at once, with what was seen
    /// here, because a drain may hide it. That an older greatest version is remembered then does no harm.
    /// </summary>
    public Task<RestoreVerdict> LookAsync(CancellationToken cancellationToken) => restore.LookAsync(cancellationToken);

    public async Task<ReconcileReport> RunAsync(ReconcileRequest request, IProgress<string> progress, CancellationToken cancellationToken)
    {
        using var span = Spans.StartRun("reconcile");
        var started = Stopwatch.GetTimestamp();
        var verdict = request.Seen ?? await restore.LookAsync(cancellationToken);
        var report = new ReconcileReport { DryRun = request.DryRun, Restored = verdict.Restored };
        if (verdict.Restored != Restored.None)
            logger.DatabaseRestored(verdict.Restored, verdict.GreatestApplied);

        progress.Report("computing checksums in both databases");
        var (wanted, held) = await ComputeChecksumsAsync(cancellationToken);
        report.AccountsInKamailio = held.Accounts;

        var suspects = await FindSuspectsAsync(wanted, held, report, progress, cancellationToken);
        await RepairAsync(suspects, verdict, request, MustRefuse, report, progress, cancellationToken);
        if (!request.DryRun && !report.Refused && report.Complete)
            await restore.RememberAsync(verdict, cancellationToken);

        progress.Report("looking for contacts and subscribers without an account");
        report.ContactsSwept = request.DryRun || report.Refused ? await contacts.CountAsync(cancellationToken) : await contacts.RunAsync(cancellationToken);
        (report.Unmanaged, report.UnmanagedNames) = await unmanaged.ReadAsync(held.Accounts, cancellationToken);
        report.Elapsed = Stopwatch.GetElapsedTime(started);
        Log(report);
        return report;

        bool MustRefuse(long removedAccounts, long removedUnits) => !request.Force
            && (RemovesTooMany(removedAccounts, wanted.Accounts, held.Accounts) || RemovesTooMany(removedUnits, wanted.Units, held.Units));
    }

    private async Task<(BucketChecksums Wanted, BucketChecksums Held)> ComputeChecksumsAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (wanted, held) = (desired.ComputeChecksumsAsync(either.Token), applied.ComputeChecksumsAsync(either.Token));

        // Whatever the other one still computes is of no use when one has failed.
        var first = await Task.WhenAny(wanted, held);
        if (!first.IsCompletedSuccessfully)
        {
            await either.CancelAsync();
            await Task.WhenAll(wanted, held).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await first;
        }

        return (await wanted, await held);
    }

    /// <summary>
    /// Read to the end before anything else is done: what is done takes its time, and a statement that is read slowly is
    /// cut off by its timeout.
    /// </summary>
    private async Task<Suspects> FindSuspectsAsync(
        BucketChecksums wanted, BucketChecksums held, ReconcileReport report, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var suspects = new Suspects();
        var buckets = wanted.DifferingFrom(held);
        report.BucketsCompared = buckets.Count;
        if (buckets.Count == 0)
            return suspects;

        progress.Report($"comparing {buckets.Count} of {Bucket.Count} buckets");
        var differing = DigestComparison.FindDifferingAsync(
            desired.ListAsync(buckets, cancellationToken), applied.ListAsync(buckets, cancellationToken), () => report.RowsFetched++, cancellationToken);
        await foreach (var (subject, removes) in differing)
            suspects.Add(subject, removes);
        return suspects;
    }

    /// <summary>
    /// Chunk after chunk: a second look, then a mark, and the drain begins, so that a run that is killed has not been in
    /// vain. Second looks only drop suspects. So where Kamailio may lose too much nothing is marked before all of them are
    /// taken, and elsewhere only what takes something away waits for the end, when no more of it can turn up. (A refused
    /// account that a restore brought back is seen to lose something by its second look alone.)
    /// </summary>
    private async Task RepairAsync(
        Suspects suspects, RestoreVerdict verdict, ReconcileRequest request, Func<long, long, bool> mustRefuse,
        ReconcileReport report, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var mayMark = !request.DryRun && !mustRefuse(suspects.RemovedAccounts, suspects.RemovedUnits);
        var repair = new Repair(marks, drain, activity, request.DrainBudget, logger);
        if (mayMark)
            await restore.RaiseSequenceAsync(verdict, cancellationToken);

        while (suspects.TakeChunk() is { } chunk)
        {
            var look = await secondLook.TakeAsync(chunk, cancellationToken);
            look.Differences.ForEach(report.Add);
            report.OnTheirWay += look.OnTheirWay.Count;
            report.Parked += look.Parked.Count;
            progress.Report($"{report.Differences} differences");
            if (request.DryRun)
                continue;

            // What a restored Supabase calls failed was perhaps put right, or deleted, in the time that is undone, and
            // Kamailio holds what came of it.
            var parked = request.AskAgain || verdict.Restored != Restored.None ? look.Parked : [];
            var atOnce = look.Differences.Where(d => mayMark && (request.Force || !d.Removes)).Select(d => d.Subject).ToList();
            repair.Hold(look.Differences.Select(d => d.Subject).Except(atOnce), mayMark ? [] : parked);
            await repair.BeginAsync(atOnce, mayMark ? parked : [], cancellationToken);
        }

        report.Refused = mustRefuse(report.Accounts.Removed, report.Units.Removed);
        if (request.DryRun || report.Refused)
            return;
        if (!mayMark)
            await restore.RaiseSequenceAsync(verdict, cancellationToken);
        progress.Report($"repairing {report.Differences}");
        report.Complete = await repair.CompleteAsync(cancellationToken);
    }

    private bool RemovesTooMany(long removed, long wanted, long held) =>
        removed > 0 && (wanted == 0 || removed > Math.Max(1, (long)(held * options.Value.MaxRemovedShare)));

    private void Log(ReconcileReport report)
    {
        Measures.Reconciled(report);
        if (report.Refused)
            logger.ReconcileRefused(report.Accounts.Removed, report.Units.Removed);
        else
            logger.Reconciled(report.Differences, report.ContactsSwept, report.Elapsed);
    }
}
