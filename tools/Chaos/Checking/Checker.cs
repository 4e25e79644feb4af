using System.Diagnostics;
using Neolia.Chaos.Arenas;
using Neolia.Chaos.Recording;
using Neolia.Chaos.Workers;
using Neolia.Chaos.Workload;

namespace Neolia.Chaos.Checking;

/// <summary>Waits until nothing is left to do, then checks every invariant, over the history since the last time and row by row.</summary>
internal sealed class Checker
{
    private static readonly TimeSpan Horizon = TimeSpan.FromSeconds(30);

    private readonly Arena _arena;
    private readonly Crew _crew;
    private readonly Writers _writers;
    private readonly Recorder _recorder;
    private readonly RowCheck _rows;

    public Checker(Arena arena, Crew crew, Writers writers)
    {
        (_arena, _crew, _writers) = (arena, crew, writers);
        _recorder = new Recorder(arena);
        _rows = new RowCheck(arena);
        History = new HistoryCheck(Violations);
        Contacts = new ContactCheck(Violations, History);
    }

    public Violations Violations { get; } = new();

    public HistoryCheck History { get; }

    public ContactCheck Contacts { get; }

    public long RowsCompared => _rows.Compared;

    /// <summary>Changed rows of committed transactions, by kind of change.</summary>
    public Dictionary<string, long> Changes { get; } = [];

    public int Transactions { get; private set; }

    public List<TimeSpan> Convergences { get; } = [];

    /// <summary>Where a stretch is kept in which something was found; null: nowhere.</summary>
    public Evidence? Evidence { get; set; }

    /// <summary>Nobody writes, and no fault strikes any more.</summary>
    /// <param name="ofOneHistory">False after a restore: what was seen then belongs to two different pasts.</param>
    public async Task CheckAsync(bool ofOneHistory, CancellationToken cancellationToken)
    {
        _arena.ForgetConnections();
        var known = Violations.Total;
        var began = Stopwatch.GetTimestamp();
        var settled = await SettlesAsync(ofOneHistory, cancellationToken);
        Convergences.Add(Stopwatch.GetElapsedTime(began));
        if (!settled)
            Violations.Add(ViolationKind.Stuck, $"changes still wait {Horizon.TotalSeconds:0} s after the last fault");

        var recording = await _recorder.TakeAsync(cancellationToken);
        foreach (var (kind, changes) in recording.Operations.Values)
            Changes[kind] = Changes.GetValueOrDefault(kind) + changes;
        Transactions += recording.Operations.Count;
        var forgotten = _writers.TakeForgotten(recording.Operations.Keys.ToHashSet());
        if (ofOneHistory)
        {
            foreach (var id in forgotten)
                Violations.Add(ViolationKind.Harness, $"Postgres confirmed the commit of change {id} and does not know it");
            History.Check(recording);
            Contacts.Check(recording);
            History.ForgetOldDigests();
        }
        else
        {
            await BeginAnewAsync(cancellationToken);
        }

        await _rows.CheckAsync(Violations, cancellationToken);
        while (_crew.Log.EndedByThemselves.TryDequeue(out var ended))
            Violations.Add(ViolationKind.Stuck, $"a process ended by itself: {ended}");
        if (Violations.Total > known && Evidence is not null)
            await Evidence.KeepAsync(recording, await QueueAsync(cancellationToken), Violations);
    }

    /// <summary>What was before says nothing any more: a database was restored, and nothing runs yet.</summary>
    public async Task BeginAnewAsync(CancellationToken cancellationToken)
    {
        await _recorder.TakeAsync(cancellationToken);
        _writers.TakeForgotten(new HashSet<long>());
        Contacts.Forget();
        var fences = await _arena.Kamailio.ReadAsync(
            "select account_id, version from neolia_account union all select unit_id, version from neolia_unit",
            row => (Id: Guid.Parse(row.GetValue(0).ToString()!), Version: row.GetInt64(1)), cancellationToken);
        var accounts = await _arena.Supabase.ReadAsync(
            """
            select a.id, a.username, a.domain, a.enabled, a.unit_id::text, a.type, a.extension, c.ha1, c.ha1b
            from public.sip_accounts a join kamailio_sync.credentials c on c.account_id = a.id
            """,
            row => (Id: row.GetGuid(0), State: (AccountState?)new AccountState(
                row.GetString(1), row.GetString(2), row.GetBoolean(3), row.GetString(4), row.GetString(5), row.IsDBNull(6) ? null : row.GetString(6), row.GetString(7), row.GetString(8))),
            cancellationToken);
        var digests = await _arena.Kamailio.ReadAsync(
            "select s.ha1, i.account_id from subscriber s join neolia_identity i on i.username = s.username and i.domain = s.domain where i.account_id is not null",
            row => (Ha1: row.GetString(0), Account: Guid.Parse(row.GetValue(1).ToString()!)), cancellationToken);
        var waiting = await _arena.Supabase.ReadAsync(
            "select subject_id, version from kamailio_sync.queue where kind = 'account'", row => (row.GetGuid(0), row.GetInt64(1)), cancellationToken);
        History.Begin(
            fences.ToDictionary(f => f.Id, f => f.Version), accounts.ToDictionary(a => a.Id, a => a.State), digests.ToDictionary(d => d.Ha1, d => d.Account), waiting);
    }

    /// <summary>
    /// True when nothing waits in the queue. After a restore that says nothing yet: until a reconcile has looked, both
    /// databases just differ.
    /// </summary>
    private async Task<bool> SettlesAsync(bool ofOneHistory, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (await Database.PatientlyAsync(
            () => _arena.Supabase.ReadOneAsync<long>("select count(*) from kamailio_sync.queue where next_attempt_at < 'infinity'", cancellationToken), cancellationToken) > 0
            || (!ofOneHistory && await DifferAsync(cancellationToken)))
        {
            if (Stopwatch.GetElapsedTime(began) > Horizon)
                return false;
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }

        return true;
    }

    private Task<List<string>> QueueAsync(CancellationToken cancellationToken) => _arena.Supabase.ReadAsync(
        "select q::text from kamailio_sync.queue q order by next_attempt_at", row => row.GetString(0), cancellationToken);

    private async Task<bool> DifferAsync(CancellationToken cancellationToken)
    {
        var found = new Violations();
        await _rows.CheckAsync(found, cancellationToken);
        return found.Total > 0;
    }
}
