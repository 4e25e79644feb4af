using System.Diagnostics;
using System.Diagnostics.Metrics;
using Neolia.Functions.Applying;
using Neolia.Functions.Draining;
using Neolia.Functions.Reconciling;
using Neolia.Functions.Registrations;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Telemetry;

/// <summary>
/// Every metric of the program; docs/operations.md says what each is good for. Attributes have a handful of values each
/// (kinds, outcomes, codes), because every combination is a time series that somebody pays for.
/// </summary>
public static class Measures
{
    public const string MeterName = "Neolia.Functions";

    /// <summary>What an instance read last stands for now only for a while: the next reading may be another instance's.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(2);

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
    };

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Applied = Meter.CreateCounter<long>("neolia.subjects", "{subject}", "Subjects that turns of the drain worked on, by kind and outcome.");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("neolia.failures", "{failure}", "Failures by class: of Kamailio's database, of Supabase's, and refused subjects by code.");
    private static readonly Counter<long> Drift = Meter.CreateCounter<long>("neolia.drift", "{subject}", "Differences that reconcile found, by kind of subject and of difference.");
    private static readonly Counter<long> RegistrationChanges = Meter.CreateCounter<long>("neolia.registrations.changed", "{account}", "Accounts whose registration was brought to Supabase.");
    private static readonly Counter<long> Enrolments = Meter.CreateCounter<long>("neolia.enrolments", "{link}", "Links that devices get their credentials by, by outcome: created, redeemed, refused, limited.");
    private static readonly Histogram<double> TurnDuration = Meter.CreateHistogram("neolia.turn.duration", "s", "A turn of the drain that found work.", advice: Seconds);
    private static readonly Histogram<double> DrainDuration = Meter.CreateHistogram("neolia.drain.duration", "s", "From asking for a drain to nothing being due, or the end of the patience.", advice: Seconds);
    private static readonly Histogram<double> Lag = Meter.CreateHistogram("neolia.lag", "s", "From a change in Supabase to its acknowledgement after the commit in MySQL, by Supabase's clock.", advice: Seconds);
    private static readonly Histogram<double> RegistrationsDuration = Meter.CreateHistogram("neolia.registrations.duration", "s", "A run of the registrations' timer.", advice: Seconds);

    private static Reading<QueueState>? _queue;
    private static Reading<int>? _registered;

    static Measures()
    {
        Meter.CreateObservableGauge("neolia.queue.waiting", () => Still(_queue, q => q.Waiting), "{subject}", "Changes that are to be applied, those that back off included.");
        Meter.CreateObservableGauge("neolia.queue.oldest", () => Still(_queue, q => q.OldestSeconds), "s", "Age of the oldest of them.");
        Meter.CreateObservableGauge("neolia.queue.failed", () => Still(_queue, q => q.Failed), "{subject}", "Subjects that stay as they are until somebody changes them or asks again.");
        Meter.CreateObservableGauge("neolia.registrations", () => Still(_registered, r => r), "{account}", "Accounts with a device that is registered.");
    }

    internal static void Turned(IReadOnlyList<SubjectResult> results, TimeSpan elapsed)
    {
        TurnDuration.Record(elapsed.TotalSeconds);
        if (!Applied.Enabled && !Failures.Enabled)
            return;
        foreach (var group in results.GroupBy(r => (r.Subject.Kind, r.Outcome, r.Problem?.Code)))
        {
            Applied.Add(group.Count(), Tag("kind", group.Key.Kind.ToQueueText()), Tag("outcome", Snake(group.Key.Outcome)));
            if (group.Key is { Outcome: Outcome.Refused, Code: { } code })
                Failures.Add(group.Count(), Tag("class", "refused"), Tag("code", code));
        }
    }

    internal static void Drained(TimeSpan elapsed, bool complete) => DrainDuration.Record(elapsed.TotalSeconds, Tag("complete", complete));

    /// <summary>Each failure of Kamailio's database, those too that the next attempt made good.</summary>
    internal static void Failed(FailureClass failure) => Failures.Add(1, Tag("class", Snake(failure)));

    internal static void SupabaseFailed() => Failures.Add(1, Tag("class", "supabase"));

    internal static void Acknowledged(SubjectKind kind, TimeSpan lag) => Lag.Record(Math.Max(0, lag.TotalSeconds), Tag("kind", kind.ToQueueText()));

    internal static void Queued(QueueState state) => _queue = new(state, Stopwatch.GetTimestamp());

    internal static void Reconciled(ReconcileReport report)
    {
        foreach (var (kind, counts) in new[] { (SubjectKind.Account, report.Accounts), (SubjectKind.UnitRules, report.Units) })
        {
            foreach (var (difference, count) in new[] { ("missing", counts.Missing), ("different", counts.Different), ("orphaned", counts.Orphaned) })
                Drift.Add(count, Tag("kind", kind.ToQueueText()), Tag("difference", difference));
        }
    }

    internal static void Registered(RegistrationReport report, TimeSpan elapsed)
    {
        RegistrationsDuration.Record(elapsed.TotalSeconds, Tag("outcome", Snake(report.Outcome)));
        RegistrationChanges.Add(report.Changed);
        if (report.Outcome == RegistrationOutcome.Brought)
            _registered = new(report.Registered, Stopwatch.GetTimestamp());
    }

    /// <param name="outcome">created, redeemed, refused; limited: not looked at, because somebody tries too often.</param>
    public static void Enrolled(string outcome) => Enrolments.Add(1, Tag("outcome", outcome));

    private static IEnumerable<Measurement<long>> Still<T>(Reading<T>? reading, Func<T, long> value) =>
        reading is not null && Stopwatch.GetElapsedTime(reading.At) < Fresh ? [new(value(reading.Value))] : [];

    private static KeyValuePair<string, object?> Tag(string name, object value) => new($"neolia.{name}", value);

    /// <summary>KamailioUnreachable: kamailio_unreachable.</summary>
    private static string Snake(Enum value) =>
        string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));

    private sealed record Reading<T>(T Value, long At);
}
