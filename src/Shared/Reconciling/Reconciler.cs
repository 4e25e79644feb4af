using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Neolia.Functions.Draining;
using Neolia.Functions.Logging;
using Neolia.Functions.Subjects;
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
    IOptions<ReconcileOptions> options,
    ILogger<Reconciler> logger)
{
    /// <summary>Whether one of the databases was restored since the last run (rule M2): a reason to run at once.</summary>
    public async Task<bool> IsRestoredAsync(CancellationToken cancellationToken) =>
        (await restore.LookAsync(cancellationToken)).Restored != Restored.None;

    public async Task<ReconcileReport> RunAsync(ReconcileRequest request, IProgress<string> progress, CancellationToken cancellationToken)
    {
        using var span = Spans.StartRun("reconcile");
        var started = Stopwatch.GetTimestamp();
        var verdict = await restore.LookAsync(cancellationToken);
        var report = new ReconcileReport { DryRun = request.DryRun, Restored = verdict.Restored };
        if (verdict.Restored != Restored.None)
            logger.DatabaseRestored(verdict.Restored, verdict.GreatestApplied);

        progress.Report("computing checksums in both databases");
        var (wanted, held) = await ComputeChecksumsAsync(cancellationToken);
        report.AccountsInKamailio = held.Accounts;

        var differences = await FindDifferencesAsync(wanted, held, report, progress, cancellationToken);
        report.Refused = !request.Force && (RemovesTooMany(report.Accounts, wanted.Accounts, held.Accounts) || RemovesTooMany(report.Units, wanted.Units, held.Units));
        if (!request.DryRun && !report.Refused)
        {
            await restore.RaiseSequenceAsync(verdict, cancellationToken);
            await RepairAsync(request.AskAgain ? differences.All : differences.Found, request, report, progress, cancellationToken);
            if (report.Complete)
                await restore.RememberAsync(verdict, cancellationToken);
        }

        progress.Report("looking for contacts and subscribers without an account");
        report.ContactsSwept = request.DryRun || report.Refused ? await contacts.CountAsync(cancellationToken) : await contacts.RunAsync(cancellationToken);
        (report.Unmanaged, report.UnmanagedNames) = await unmanaged.ReadAsync(held.Accounts, cancellationToken);
        report.Elapsed = Stopwatch.GetElapsedTime(started);
        Log(report);
        return report;
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

    /// <summary>Memory holds a few bytes for each difference, and none for what agrees.</summary>
    private async Task<(List<Subject> Found, List<Subject> All)> FindDifferencesAsync(
        BucketChecksums wanted, BucketChecksums held, ReconcileReport report, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var (found, parked) = (new List<Subject>(), new List<Subject>());
        var buckets = wanted.DifferingFrom(held);
        report.BucketsCompared = buckets.Count;
        if (buckets.Count == 0)
            return (found, found);

        progress.Report($"comparing {buckets.Count} of {Bucket.Count} buckets");
        var batch = new List<Subject>(SecondLook.MaxSubjects);
        var differing = DigestComparison.FindDifferingAsync(
            desired.ListAsync(buckets, cancellationToken), applied.ListAsync(buckets, cancellationToken), () => report.RowsFetched++, cancellationToken);
        await foreach (var subject in differing)
        {
            batch.Add(subject);
            if (batch.Count == SecondLook.MaxSubjects)
                await LookAgainAsync();
        }

        if (batch.Count > 0)
            await LookAgainAsync();
        return (found, [.. found, .. parked]);

        async Task LookAgainAsync()
        {
            var look = await secondLook.TakeAsync(batch, cancellationToken);
            look.Differences.ForEach(report.Add);
            found.AddRange(look.Differences.Select(d => d.Subject));
            parked.AddRange(look.Parked);
            report.OnTheirWay += look.OnTheirWay.Count;
            report.Parked += look.Parked.Count;
            batch.Clear();
            progress.Report($"{report.Differences} differences");
        }
    }

    private bool RemovesTooMany(DifferenceCounts counts, long wanted, long held) =>
        counts.Removed > 0 && (wanted == 0 || counts.Removed > Math.Max(1, (long)(held * options.Value.MaxRemovedShare)));

    private async Task RepairAsync(
        List<Subject> subjects, ReconcileRequest request, ReconcileReport report, IProgress<string> progress, CancellationToken cancellationToken)
    {
        if (subjects.Count == 0)
            return;
        progress.Report($"repairing {subjects.Count}");
        report.Complete = await marks.MarkAgainAsync(subjects, Timeout.InfiniteTimeSpan, cancellationToken);
        var drained = await drain.DrainAsync(request.DrainBudget, cancellationToken);
        report.Complete &= drained.Complete;
    }

    private void Log(ReconcileReport report)
    {
        Measures.Reconciled(report);
        if (report.Refused)
            logger.ReconcileRefused(report.Accounts.Removed, report.Units.Removed);
        else
            logger.Reconciled(report.Differences, report.ContactsSwept, report.Elapsed);
    }
}
