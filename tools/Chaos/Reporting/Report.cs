using System.Globalization;
using System.Text;
using Neolia.Chaos.Checking;
using Neolia.Chaos.Parts;
using Neolia.Chaos.Wire;
using Neolia.Chaos.Workers;

namespace Neolia.Chaos.Reporting;

/// <summary>What a run did, and what it found.</summary>
internal static class Report
{
    public static string Progress(string part, Ground ground) => Text(
        $"{part,-12} kills {ground.Crew.Log.Kills}, of databases {ground.Faults.DatabaseKills}, changes {ground.Checker.Changes.Values.Sum()}, faults {ground.Faults.Counts.Values.Sum()}, settled after {ground.Checker.Convergences[^1].TotalSeconds:0.0} s, violations {ground.Checker.Violations.Total}");

    /// <param name="isInterrupted">It is not the end of the run.</param>
    public static string Of(Ground ground, TimeSpan elapsed, bool isInterrupted = false)
    {
        var text = new StringBuilder();
        var (log, checker) = (ground.Crew.Log, ground.Checker);
        Line(text, $"seed {ground.Seed}, {elapsed.TotalSeconds:0} s{(isInterrupted ? ", so far" : "")}");
        Line(text, $"");
        Line(text, $"changed rows, committed: {checker.Changes.Values.Sum()} in {checker.Transactions} transactions; {ground.Writers.Refused} transactions that a database ended");
        foreach (var (kind, changes) in checker.Changes.OrderByDescending(c => c.Value))
            Line(text, $"  {kind,-26} {changes,9}");
        Line(text, $"registrations of devices: {ground.Devices.Registered}");
        Line(text, $"");
        Line(text, $"processes killed: {log.Kills}, of them at a moment that nobody chose: {log.KilledAnywhere}");
        Line(text, $"  {"at the step",-16} {"asked",8} {"done",8} {"answered",8}   stalled   passed");
        foreach (var step in Enum.GetValues<DrainStep>())
        {
            var killed = Enum.GetValues<Moment>().Select(moment => log.KilledAtSteps.GetValueOrDefault((step, moment))).ToArray();
            Line(text, $"  {step,-16} {killed[0],8} {killed[1],8} {killed[2],8} {log.StalledAtSteps.GetValueOrDefault(step),9} {log.PassedSteps.GetValueOrDefault(step),8}");
        }

        Line(text, $"from a process' start to its first step: {Times([.. log.Starts.Order()])}");
        Line(text, $"processes with a wrong clock: {log.WrongClocks}; jumps of a running process' clock: {log.ClockJumps}");
        Line(text, $"database servers killed: {ground.Faults.DatabaseKills}");
        Line(text, $"");
        foreach (var (fault, count) in ground.Faults.Counts.OrderBy(f => f.Key, StringComparer.Ordinal))
            Line(text, $"{fault,-46} {count,7}");
        foreach (var fate in Enum.GetValues<Fate>().Where(fate => fate != Fate.None))
            Line(text, $"{"connections: " + fate,-46} {ground.Crew.Wire.Count(fate),7}");
        foreach (var (what, count) in ground.Gate.Counts.OrderBy(c => c.Key, StringComparer.Ordinal))
            Line(text, $"{"doorbells: " + what,-46} {count,7}");
        Line(text, $"");
        foreach (var (from, times) in ground.Faults.Recoveries.OrderBy(r => r.Key, StringComparer.Ordinal))
            Line(text, $"recovered from: {from,-46} {Times(times)}");
        foreach (var (part, samples) in ground.Waiting.Samples)
            Line(text, $"oldest waiting change while: {part,-33} {Times([.. samples.Order()])}");
        Line(text, $"{"everything applied after the last fault",-62} {Times([.. checker.Convergences.Order()])}");
        Line(text, $"");
        Line(text, $"checked: {checker.History.Checked} states that Kamailio could have seen, {checker.Contacts.Kicked} kicked contacts, {checker.RowsCompared} rows compared after {checker.Convergences.Count} stretches");
        foreach (var kind in Enum.GetValues<ViolationKind>())
            Line(text, $"  {Name(kind),-34} {checker.Violations.Count(kind),7}");
        foreach (var violation in checker.Violations.First)
            Line(text, $"! {Name(violation.Kind)}: {violation.Text}");
        foreach (var report in ground.Restores.Reports)
            Line(text, $"{report}");
        return text.ToString();
    }

    /// <summary>Steps that no process was killed at.</summary>
    public static IReadOnlyList<DrainStep> Unvisited(CrewLog log) =>
        [.. Enum.GetValues<DrainStep>().Where(step => !log.KilledAtSteps.Keys.Any(killed => killed.Step == step))];

    private static string Name(ViolationKind kind) => kind switch
    {
        ViolationKind.Lost => "lost changes",
        ViolationKind.Resurrected => "resurrected or foreign states",
        ViolationKind.SaidTooEarly => "told as synced too early",
        ViolationKind.GuestTouched => "unmanaged rows touched",
        ViolationKind.ContactLeft => "contacts left",
        ViolationKind.Stuck => "stuck, or ended by itself",
        _ => "forgotten by the servers themselves",
    };

    private static string Times(IReadOnlyList<TimeSpan> times) => times.Count == 0 ? "none" : Text(
        $"p50 {times[times.Count / 2].TotalSeconds:0.00} s, p99 {times[(int)(times.Count * 0.99)].TotalSeconds:0.00} s, max {times[^1].TotalSeconds:0.00} s ({times.Count})");

    private static void Line(StringBuilder text, FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture).TrimEnd());

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
