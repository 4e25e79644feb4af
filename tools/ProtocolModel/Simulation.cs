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
    private readonly List<string>? _trace;
    private readonly ModelWorld _model;
    private readonly IWorld _world;
    private readonly SupabaseModel _supabase;
    private readonly KamailioModel _kamailio;
    private readonly Laws _laws;
    private readonly Slots _slots = new(AccountCount);
    private readonly List<WorkerProcess> _processes = [];
    private readonly List<UserSession> _users = [];
    private readonly List<Device> _devices = [];
    private readonly Actor _operator;
    private (Action Supabase, Action Kamailio)? _backup;
    private BrokenLawException? _broken;

    private Simulation(ModelWorld model, IWorld world, List<string>? trace, Coverage? coverage)
    {
        (_trace, _model, _world, _supabase, _kamailio) = (trace, model, world, model.Supabase, model.Kamailio);
        _operator = NewActor("operator");
        _laws = new Laws(_supabase, _kamailio, contact => _devices.Any(d => d.Unchecked == contact));
        _supabase.Committed += () => Check(_laws.AfterSupabaseCommit);
        _kamailio.Committed += () => Check(Actor.Current == _operator ? _laws.AfterGuestsChanged : _laws.AfterKamailioCommit);
        _kamailio.Committed += RememberOwners;

        _processes.Add(new WorkerProcess(world, model, [NewActor("worker 1a"), NewActor("worker 1b")]));
        _processes.Add(new WorkerProcess(world, model, [NewActor("worker 2")]));
        foreach (var process in _processes)
            process.TurnEnded += (report, waiting) => AfterTurn(report, waiting, coverage);
        _users.Add(new UserSession(NewActor("user 1"), world.Users, _slots));
        _users.Add(new UserSession(NewActor("user 2"), world.Users, _slots));
        _devices.Add(new Device(NewActor("device 1"), world.Devices));
        _devices.Add(new Device(NewActor("device 2"), world.Devices));
    }

    /// <summary>Null when every law held.</summary>
    /// <param name="scenario">What happens in which order.</param>
    /// <param name="defect">A deliberate bug.</param>
    /// <param name="trace">Gets what everybody did, a line each.</param>
    /// <param name="coverage">Gets what became of the subjects.</param>
    public static BrokenLawException? Run(IReadOnlyList<Move> scenario, Defect defect = Defect.None, List<string>? trace = null, Coverage? coverage = null)
    {
        var model = new ModelWorld(defect, isFineGrained: true);
        return Run(scenario, model, model, trace, coverage);
    }

    /// <summary>Over the model, and whatever the world holds beside it.</summary>
    internal static BrokenLawException? Run(IReadOnlyList<Move> scenario, ModelWorld model, IWorld world, List<string>? trace, Coverage? coverage)
    {
        var simulation = new Simulation(model, world, trace, coverage);
        foreach (var move in scenario)
        {
            simulation.Do(move);
            simulation.LetWaitersGoOn();
            simulation.NoticeCrashes();
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
                // The order in which one statement draws the versions of several rows is the planner's: no model foretells it.
                var change = (Change)(move.B % 8);
                user.Begin(_world.HasRealServers && change == Change.DeleteBoth ? Change.Delete : change, slot: move.B / 8 % AccountCount, name: FreeName(move.B / 24), commits: move.B / 72 % 8 != 7);
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
            case MoveKind.Kill when !_world.HasRealServers || !ProcessOf(lane).Lanes.Any(l => l.IsBlocked):
                ProcessOf(lane).Kill();
                break;
            case MoveKind.Fail:
                lane.Fail((Fault)(1 + (move.B % 3)));
                break;
            case MoveKind.Pass when !_world.HasRealServers || _users.All(u => u.Actor.IsIdle):
                _world.Pass(move.B % 4 == 0 ? TimeSpan.FromSeconds(1) : s_longerThanAnyWait);
                Log(move.B % 4 == 0 ? "a second passes" : "leases and back-offs run out");
                break;
            case MoveKind.AskAgain:
                AtOnce(() => _world.MarkAgainAsync([_slots.Current(move.A)]));
                break;
            case MoveKind.Guest:
                AtOnce(() => _world.ToggleGuestAsync(_slots.NameOf(move.A % AccountCount)));
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

    private bool StepAndLetGo(Actor actor)
    {
        var moved = actor.Step();
        LetWaitersGoOn();
        return moved;
    }

    /// <summary>A real server gives a lock to who has waited longest for it, at once.</summary>
    private void LetWaitersGoOn()
    {
        while (_world.HasRealServers && Everybody.Where(a => a.WaitsSince is not null && !a.IsBlocked).MinBy(a => a.WaitsSince) is { } waiter)
            waiter.Step();
    }

    private IEnumerable<Actor> Everybody => _users.Select(u => u.Actor).Concat(_devices.Select(d => d.Actor)).Concat(Lanes);

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
        {
            moving = Everybody.Aggregate(false, (any, actor) => StepAndLetGo(actor) || any);
            NoticeCrashes();
        }

        if (_laws.IsRestored)
            Reconcile();
        AskForTheParked();
        var (process, lane) = (_processes[1], _processes[1].Lanes[0]);
        for (var turn = 0; _broken is null && _supabase.Queue.Committed.Values.Any(q => q.NextAttemptAt < DateTime.MaxValue); turn++)
        {
            if (turn == TurnsToConverge)
                Check(() => throw new BrokenLawException("I1", $"the queue is worked off within {TurnsToConverge} turns"));
            _world.Pass(s_longerThanAnyWait);
            while (process.Step(lane) && !lane.IsIdle && _broken is null)
            {
            }

            NoticeCrashes();
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
        AtOnce(() => _model.Marks.RenewAsync([], greatest));
        AtOnce(() => _world.MarkAgainAsync(_slots.All));
    }

    private void AskForTheParked() =>
        AtOnce(() => _world.MarkAgainAsync([.. _supabase.Queue.Committed.Where(q => q.Value.NextAttemptAt == DateTime.MaxValue).Select(q => q.Key)]));

    /// <summary>Rule M7: the contacts that no restored row speaks of.</summary>
    private void Sweep() => AtOnce(() => _kamailio.StatementAsync("sweeps contacts", async t =>
    {
        foreach (var (id, contact) in _kamailio.Contacts.Committed.Where(c => _kamailio.Subscribers.Find(c.Value.Name)?.Ha1 != c.Value.Ha1).ToList())
        {
            await _kamailio.Contacts.LockAsync(id, t);
            _kamailio.Contacts.Write(id, null, t);
        }
    }));

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

        NoticeCrashes();
    }

    private void AfterTurn(TurnReport report, Dictionary<Guid, long> waiting, Coverage? coverage)
    {
        coverage?.Add(report);

        // The program goes on after an exception that it doesn't know; here there must be none.
        if (report.Results.FirstOrDefault(r => r.Problem?.Code == "kamailio_error") is { } unknown)
            Break(new BrokenLawException("crash", $"{unknown.Problem!.Message}"));
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
            Break(exception);
        }
        catch (Exception exception)
        {
            Break(new BrokenLawException("crash", exception.ToString()));
        }
    }

    /// <summary>Whatever ends somebody's work, other than what they expect of a database, is a fault of the program or of the model.</summary>
    private void NoticeCrashes()
    {
        foreach (var actor in Everybody.Append(_operator).Where(a => a.Work is { IsFaulted: true }))
            Break(new BrokenLawException("crash", $"{actor.Name}: {actor.Work!.Exception!.InnerException}"));
    }

    private void Break(BrokenLawException exception)
    {
        Log($"!! {exception.Message}");
        _broken ??= exception;
    }
}
