using System.CommandLine;
using System.Text.Json;
using Neolia.Functions.Draining;
using Neolia.Functions.Reconciling;

namespace Neolia.Functions.Verbs;

internal static class ReconcileVerb
{
    private static readonly TimeSpan DrainBudget = TimeSpan.FromHours(1);

    public static Command Create()
    {
        var dryRun = VerbOptions.DryRun();
        var json = VerbOptions.Json();
        var force = new Option<bool>("--force") { Description = "Remove accounts and units from Kamailio however large their share (Reconcile__MaxRemovedShare)." };
        var verb = new Command(
            "reconcile",
            "Compare what Kamailio's database holds with what Supabase says, repair what differs, and delete contacts that have no subscriber. Subscribers that were not made here are named and left alone.")
        {
            dryRun, force, json,
        };
        verb.SetAction((parsed, cancellationToken) => VerbRun.RunAsync(
            parsed.GetValue(json),
            async (services, progress, token) =>
            {
                await using var drain = new BackgroundDrain(services.GetRequiredService<DrainRunner>());
                var request = new ReconcileRequest(parsed.GetValue(dryRun), parsed.GetValue(force), AskAgain: true, DrainBudget);
                return new ReconcileAnswer(await services.GetRequiredService<Reconciler>().RunAsync(request, progress, token));
            },
            cancellationToken));
        return verb;
    }
}

internal sealed class ReconcileAnswer(ReconcileReport report) : IVerbAnswer
{
    public bool NeedsAttention => report.Refused || !report.Complete || (report.DryRun && report.Differences > 0);

    public IEnumerable<string> Lines =>
    [
        $"accounts: {Counts(report.Accounts)}",
        $"units:    {Counts(report.Units)}",
        $"being applied: {report.OnTheirWay}; waiting for somebody to change them: {report.Parked}",
        $"contacts without a subscriber: {report.ContactsSwept}{(report.DryRun || report.Refused ? " (left)" : " (deleted)")}",
        $"unmanaged subscribers, left alone: {report.Unmanaged}",
        .. report.UnmanagedNames.Select(name => $"  {name}"),
        .. report.UnmanagedNames.Count < report.Unmanaged ? ["  …"] : Array.Empty<string>(),
        $"{report.BucketsCompared} of {Bucket.Count} buckets compared row by row, {report.RowsFetched} rows fetched, {report.Elapsed.TotalSeconds:0.0} s",
        .. Attention.Select(sentence => $"! {sentence}"),
    ];

    private IEnumerable<string> Attention
    {
        get
        {
            if (report.Restored != Restored.None)
                yield return $"The database of {report.Restored} went back in time: a backup was restored.";
            if (report.Refused)
                yield return $"Nothing was changed: it would remove {report.Accounts.Removed} of {report.AccountsInKamailio} accounts and {report.Units.Removed} units from Kamailio. Check that both connection strings name the right databases; if they do, add --force.";
            if (!report.Complete)
                yield return "Not everything is applied yet. The server goes on; or run this again.";
            if (report.DryRun && report.Differences > 0)
                yield return "Nothing was changed: this was a dry run.";
        }
    }

    public string ToJson() => JsonSerializer.Serialize(
        new ReconcileJson(
            !NeedsAttention, report.DryRun, report.Refused, report.Complete, VerbJson.Spell(report.Restored),
            new ReconcileCountsJson(report.Accounts.Missing, report.Accounts.Different, report.Accounts.Orphaned),
            new ReconcileCountsJson(report.Units.Missing, report.Units.Different, report.Units.Orphaned),
            report.OnTheirWay, report.Parked, report.ContactsSwept, report.Unmanaged, [.. report.UnmanagedNames.Select(n => n.ToString())],
            report.BucketsCompared, report.RowsFetched, (long)report.Elapsed.TotalMilliseconds, [.. Attention]),
        VerbJson.Default.ReconcileJson);

    private static string Counts(DifferenceCounts counts) => $"{counts.Missing} missing, {counts.Different} different, {counts.Orphaned} orphaned";
}

internal sealed record ReconcileJson(
    bool Success, bool DryRun, bool Refused, bool Complete, string Restored, ReconcileCountsJson Accounts, ReconcileCountsJson Units,
    int OnTheirWay, int Parked, int ContactsSwept, long Unmanaged, IReadOnlyList<string> UnmanagedNames,
    int BucketsCompared, long RowsFetched, long ElapsedMs, IReadOnlyList<string> Attention);

internal sealed record ReconcileCountsJson(int Missing, int Different, int Orphaned);
