using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Neolia.Functions.Checking;

namespace Neolia.Functions.Verbs;

internal static class CheckVerb
{
    public static Command Create()
    {
        var json = VerbOptions.Json();
        var verb = new Command(
            "check",
            "Measure everything: both databases, their schema, rights, clocks and encryption, Kamailio over SIP, the queue, leaked passwords. Exit code 1 when something is broken; what is left to do for people alone is 0.")
        {
            json,
        };
        verb.SetAction((parsed, cancellationToken) => VerbRun.RunAsync(
            parsed.GetValue(json),
            async (services, progress, token) => new CheckAnswer(await services.GetRequiredService<OperatorCheck>().RunAsync(progress, token)),
            cancellationToken));
        return verb;
    }
}

internal sealed class CheckAnswer(OperatorReport report) : IVerbAnswer
{
    private readonly SupabaseState _supabase = report.State.Supabase;
    private readonly KamailioState _kamailio = report.State.Kamailio;
    private readonly SipState _sip = report.State.Sip;

    public bool NeedsAttention => report.Findings.Any(f => f.Severity == Severity.Broken);

    public IEnumerable<string> Lines =>
    [
        $"Supabase's database:   {Spell(_supabase.Verdict)}{Clock(_supabase.Verdict, _supabase.ClockSkew)}",
        $"Kamailio's database:   {Spell(_kamailio.Verdict)}{Clock(_kamailio.Verdict, _kamailio.ClockSkew)}{Tls}",
        $"Kamailio over SIP:     OPTIONS {(_sip.Answers ? "answered" : "not answered")}, REGISTER {Spell(_sip.Challenge)}, empty password {(_sip.EmptyPassword is { } outcome ? Spell(outcome) : "not tried, as there is no account")}",
        .. _kamailio.Verdict == DatabaseVerdict.Good ? [$"registered accounts:   {_kamailio.Registered}"] : Array.Empty<string>(),
        .. _supabase.Queue is { } queue
            ? [
                $"changes that wait:     {queue.Waiting}{(queue.Waiting > 0 ? $", the oldest for {queue.OldestSeconds} s" : "")}",
                $"can't be synced:       {_supabase.NotSynced}",
                $"without credentials:   {_supabase.WithoutCredentials}",
            ]
            : Array.Empty<string>(),
        .. report.Findings.Select(f => $"{(f.Severity == Severity.Broken ? "!" : "-")} {f.Sentence.English}"),
        .. NeedsAttention ? Array.Empty<string>() : [report.Findings.Count == 0 ? "All is well." : "Nothing is broken."],
    ];

    public string ToJson() => JsonSerializer.Serialize(
        new CheckJson(
            !NeedsAttention,
            new SupabaseJson(VerbJson.Spell(_supabase.Verdict), _supabase.Fault, Skew(_supabase.Verdict, _supabase.ClockSkew)),
            new KamailioJson(VerbJson.Spell(_kamailio.Verdict), _kamailio.Fault, Skew(_kamailio.Verdict, _kamailio.ClockSkew), _kamailio.Tls),
            new SipJson(_sip.Answers, VerbJson.Spell(_sip.Challenge), _sip.EmptyPassword is { } outcome ? VerbJson.Spell(outcome) : null, _sip.AuthenticationWorks),
            _kamailio.Verdict == DatabaseVerdict.Good ? _kamailio.Registered : null,
            _supabase.Queue?.Waiting, _supabase.Queue?.OldestSeconds,
            _supabase.Verdict == DatabaseVerdict.Good ? _supabase.NotSynced : null,
            _supabase.Verdict == DatabaseVerdict.Good ? _supabase.WithoutCredentials : null,
            [.. report.Findings.Select(f => new FindingJson(f.Code, VerbJson.Spell(f.Severity), f.Sentence.English))]),
        VerbJson.Default.CheckJson);

    private string Tls => _kamailio.Verdict == DatabaseVerdict.Good ? $", {_kamailio.Tls ?? "not encrypted"}" : "";

    private static long? Skew(DatabaseVerdict verdict, TimeSpan skew) => verdict == DatabaseVerdict.Good ? (long)skew.TotalMilliseconds : null;

    private static string Clock(DatabaseVerdict verdict, TimeSpan skew) =>
        verdict == DatabaseVerdict.Good ? string.Create(CultureInfo.InvariantCulture, $", clock {skew.TotalMilliseconds:+0;-0;0} ms") : "";

    private static string Spell<T>(T value)
        where T : struct, Enum => VerbJson.Spell(value).Replace('_', ' ');
}

/// <param name="AuthEnabled">As in <c>check_status</c>.</param>
internal sealed record SipJson(bool Answers, string Register, string? EmptyPassword, bool AuthEnabled);

internal sealed record SupabaseJson(string State, string? Fault, long? ClockSkewMs);

/// <param name="Tls">Null: not encrypted.</param>
internal sealed record KamailioJson(string State, string? Fault, long? ClockSkewMs, string? Tls);

internal sealed record FindingJson(string Code, string Severity, string Message);

/// <summary>Null: nobody knows, because a database could not be read.</summary>
internal sealed record CheckJson(
    bool Success, SupabaseJson Supabase, KamailioJson Kamailio, SipJson Sip, int? RegisteredUsers,
    long? ChangesWaiting, long? OldestChangeSeconds, long? NotSynced, long? AccountsWithoutCredentials, IReadOnlyList<FindingJson> Findings);
