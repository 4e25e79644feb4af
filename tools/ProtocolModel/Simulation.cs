using Neolia.Functions.Draining;
using Neolia.Functions.Subjects;
using Neolia.ProtocolModel.Actors;
using Neolia.ProtocolModel.Checking;
using Neolia.ProtocolModel.Databases;
using Neolia.ProtocolModel.Scheduling;

namespace Neolia.ProtocolModel;

/// <summary>
/// One interleaving: two processes that drain (the first with two lanes), two users, two devices and an operator over a
/// handful of accounts and names, one statement at a time in the order that the moves say. The laws are checked after
/// every commit, and once more when everybody has stopped and the queue is worked off.
/// </summary>
public sealed class Simulation
{
    private const int AccountCount = 3;
    private const int TurnsToConverge = 200;
    private static readonly TimeSpan s_longerThanAnyWait = TimeSpan.FromMinutes(10);

    private readonly OneThread _thread = new();
    private readonly Clock _clock = new();
    private readonly List<string>? _trace;
    private readonly SupabaseModel _supabase;
    private readonly KamailioModel _kamailio;
    private readonly MarkStatements _marks;
    private readonly Laws _laws;
    private readonly Slots _slots = new(AccountCount);
    private readonly List<WorkerProcess> _processes = [];
    private readonly List<UserSession> _users = [];
    private readonly List<Device> _devices = [];
    private readonly Actor _operator;
    private (Action Supabase, Action Kamailio)? _backup;
    private BrokenLawException? _broken;

    private Simulation(Defect defect, List<string>? trace, Coverage? coverage)
    {
        _trace = trace;
        _supabase = new SupabaseModel(_clock, defect, isFineGrained: true);
        _kamailio = new KamailioModel(defect, isFineGrained: true);
        _marks = new MarkStatements(_supabase);
        _laws = new Laws(_supabase, _kamailio, contact => _devices.Any(d => d.Unchecked == contact));
        _supabase.Committed += () => Check(_laws.AfterSupabaseCommit);
        _kamailio.Committed += () => Check(_laws.AfterKamailioCommit);
        _kamailio.Committed += RememberOwners;

        var statements = new DrainStatementsModel(new QueueStatements(_supabase, _marks), _kamailio);
        var options = new DrainOptions { BatchSize = 2 };
        _processes.Add(new WorkerProcess(options, _supabase, _kamailio, statements, _clock, [NewActor("worker 1a"), NewActor("worker 1b")]));
        _processes.Add(new WorkerProcess(options, _supabase, _kamailio, statements, _clock, [NewActor("worker 2")]));
        foreach (var process in _processes)
            process.TurnEnded += (report, waiting) => AfterTurn(report, waiting, coverage);
        var users = new UserStatementsModel(_supabase, new UserStatements(_supabase, _marks));
        _users.Add(new UserSession(NewActor("user 1"), users, _slots));
        _users.Add(new UserSession(NewActor("user 2"), users, _slots));
        _devices.Add(new Device(NewActor("device 1"), _kamailio));
        _devices.Add(new Device(NewActor("device 2"), _kamailio));
        _operator = NewActor("operator");
    }

    /// <summary>Null when every law held.</summary>
    /// <param name="scenario">What happens in which order.</param>
    /// <param name="defect">A deliberate bug.</param>
    /// <param name="trace">Gets what everybody did, a line each.</param>
    /// <param name="coverage">Gets what became of the subjects.</param>
    public static BrokenLawException? Run(IReadOnlyList<Move> scenario, Defect defect = Defect.None, List<string>? trace = null, Coverage? coverage = null)
    {
        var simulation = new Simulation(defect, trace, coverage);
        foreach (var move in scenario)
        {
            simulation.Do(move);
            if (simulation._broken is not null)
                return simulation._broken;
        }

        simulation.ComeToRest();
        return simulation._broken;
    }

    private void Do(Move move)
    {
        var lane = Lanes[move.A % Lanes.Count];
        switch (move.Kind)
        {
            case MoveKind.Work:
                for (var i = 0; i <= move.B && ProcessOf(lane).Step(lane) && !lane.IsIdle && _broken is null; i++)
                {
                }

                break;
            case MoveKind.Change when _users[move.A % _users.Count] is { Actor.IsIdle: true } user:
                user.Begin((Change)(move.B % 8), slot: move.B / 8 % AccountCount, name: FreeName(move.B / 24), commits: move.B / 72 % 8 != 7);
                user.Actor.Step();
                break;
            case MoveKind.Change:
                _users[move.A % _users.Count].Actor.Step();
                break;
            case MoveKind.Go:
                for (var i = 0; i <= move.B && _users[move.A % _users.Count].Actor.Step() && _broken is null; i++)
                {
                }

                break;
            case MoveKind.Register when !_kamailio.IsDown:
                var device = _devices[move.A % _devices.Count];
                if (device.Actor.IsIdle)
                    device.Register(_slots.NameOf(move.B % AccountCount));
                device.Actor.Step();
                break;
            case MoveKind.Kill:
                ProcessOf(lane).Kill();
                break;
            case MoveKind.Fail:
                lane.Fail((Fault)(1 + (move.B % 3)));
                break;
            case MoveKind.Pass:
                _clock.Pass(move.B % 4 == 0 ? TimeSpan.FromSeconds(1) : s_longerThanAnyWait);
                Log(move.B % 4 == 0 ? "a second passes" : "leases and back-offs run out");
                break;
            case MoveKind.AskAgain:
                AtOnce(() => _marks.MarkAgainAsync([_slots.Current(move.A)]));
                break;
            case MoveKind.Guest:
                AtOnce(() => ToggleGuestAsync(_slots.NameOf(move.A % AccountCount)));
                break;
            case MoveKind.KamailioDown:
                Toggle(_kamailio, "Kamailio's database");
                break;
            case MoveKind.SupabaseDown:
                Toggle(_supabase, "Supabase's database");
                break;
            case MoveKind.Backup:
                _backup = (_supabase.Backup(), _kamailio.Backup());
                Log("both databases are backed up");
                break;
            case MoveKind.Restore when _backup is { } backup:
                (move.A % 2 == 0 ? backup.Supabase : backup.Kamailio)();
                Log(move.A % 2 == 0 ? "Supabase goes back to its backup" : "Kamailio goes back to its backup");
                _laws.Restored();
                break;
        }
    }

    /// <summary>Most users choose a name that nobody has; one that somebody just gives up is the most wanted.</summary>
    private int FreeName(int wanted) => Enumerable.Range(wanted, AccountCount).FirstOrDefault(n => _supabase.Names.Find(_slots.NameOf(n)) is null, wanted);

    private List<Actor> Lanes => field ??= [.. _processes.SelectMany(p => p.Lanes)];

    private WorkerProcess ProcessOf(Actor lane) => _processes.Single(p => p.Lanes.Contains(lane));

    private Actor NewActor(string name) => new(name, _thread, _trace is null ? null : _trace.Add);

    private void Log(string line) => _trace?.Add(line);

    /// <summary>Faults and changes stop. What runs comes to its end, and one worker works the queue off.</summary>
    private void ComeToRest()
    {
        Log("-- everybody comes to rest");
        (_kamailio.IsDown, _supabase.IsDown) = (false, false);
        var moving = true;
        while (moving && _broken is null)
            moving = _users.Select(u => u.Actor).Concat(_devices.Select(d => d.Actor)).Concat(Lanes).Aggregate(false, (any, actor) => actor.Step() || any);

        if (_laws.IsRestored)
            Reconcile();
        AskForTheParked();
        var (process, lane) = (_processes[1], _processes[1].Lanes[0]);
        for (var turn = 0; _broken is null && _supabase.Queue.Committed.Values.Any(q => q.NextAttemptAt < DateTime.MaxValue); turn++)
        {
            if (turn == TurnsToConverge)
                Check(() => throw new BrokenLawException("I1", $"the queue is worked off within {TurnsToConverge} turns"));
            _clock.Pass(s_longerThanAnyWait);
            while (process.Step(lane) && !lane.IsIdle && _broken is null)
            {
            }
        }

        if (_laws.IsRestored)
            Sweep();
        if (_broken is null)
            Check(_laws.AtTheEnd);
    }

    /// <summary>What reconcile does when it sees by the versions that a database was restored (rule M2), with every account for a difference.</summary>
    private void Reconcile()
    {
        var greatest = _kamailio.Fences.Committed.Values.Select(f => f.Version).Concat(_kamailio.Identities.Committed.Values.Select(i => i.Version)).DefaultIfEmpty().Max();
        AtOnce(() => _marks.RenewAsync([], greatest));
        AtOnce(() => _marks.MarkAgainAsync(_slots.All));
    }

    private void AskForTheParked() =>
        AtOnce(() => _marks.MarkAgainAsync([.. _supabase.Queue.Committed.Where(q => q.Value.NextAttemptAt == DateTime.MaxValue).Select(q => q.Key)]));

    /// <summary>Rule M7: the contacts that no restored row speaks of.</summary>
    private void Sweep() => AtOnce(() => _kamailio.StatementAsync("sweeps contacts", async t =>
    {
        foreach (var (id, contact) in _kamailio.Contacts.Committed.Where(c => _kamailio.Subscribers.Find(c.Value.Name)?.Ha1 != c.Value.Ha1).ToList())
        {
            await _kamailio.Contacts.LockAsync(id, t);
            _kamailio.Contacts.Write(id, null, t);
        }
    }));

    private Task ToggleGuestAsync(SipName name) => _kamailio.StatementAsync($"adds or removes the guest {name}", async t =>
    {
        await Task.CompletedTask;
        if (!_kamailio.Subscribers.TryLock(name, t))
            return;
        if (_kamailio.Subscribers.Find(name) is null)
        {
            _kamailio.Subscribers.Write(name, new(_kamailio.NewId(), name.Username, name.Domain, "by hand", $"guest {name}", ""), t);
            t.Locked(() => _laws.GuestAdded(name), () => { });
        }
        else if (_kamailio.Subscribers.Find(name)!.Password != "")
        {
            _kamailio.Subscribers.Write(name, null, t);
            _laws.GuestRemoved(name);
        }
    });

    private void Toggle(Server server, string name)
    {
        server.IsDown = !server.IsDown;
        server.RollbackAll(_ => true);
        Log(server.IsDown ? $"{name} stops answering" : $"{name} answers again");
    }

    private void AtOnce(Func<Task> work)
    {
        if (!_operator.IsIdle)
            return;
        _operator.Start(async () =>
        {
            try
            {
                await work();
            }
            catch (IOException)
            {
                // The server is down.
            }
        });
        while (_operator.Step())
        {
        }
    }

    private void AfterTurn(TurnReport report, Dictionary<Guid, long> waiting, Coverage? coverage)
    {
        coverage?.Add(report);
        if (report == TurnReport.NothingDue)
            Check(() => _laws.AfterNothingWasDue(waiting));
    }

    private void RememberOwners()
    {
        foreach (var (name, identity) in _kamailio.Identities.Committed)
        {
            if (identity.Owner is { } owner)
                _kamailio.FormerOwners.Add((name, owner));
        }
    }

    private void Check(Action law)
    {
        try
        {
            law();
        }
        catch (BrokenLawException exception)
        {
            Log($"!! {exception.Message}");
            _broken ??= exception;
        }
    }
}
