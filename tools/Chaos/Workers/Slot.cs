using System.Diagnostics;
using System.Globalization;
using MySqlConnector;
using Neolia.Chaos.Arenas;
using Neolia.Chaos.Wire;
using Neolia.LocalStack.Supervision;
using Npgsql;

namespace Neolia.Chaos.Workers;

/// <summary>The place of one process: when one dies the next one takes it, behind the same two proxies.</summary>
internal sealed class Slot : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(5);

    private readonly Crew _crew;
    private readonly Arena _arena;
    private readonly int _number;
    private readonly Random _random;
    private readonly LoopbackPort _port = LoopbackPort.Claim();
    private readonly FakedClock _clock;
    private readonly FaultProxy _toSupabase;
    private readonly FaultProxy _toKamailio;
    private volatile Life? _life;

    public Slot(Crew crew, Arena arena, int number, int seed)
    {
        (_crew, _arena, _number, _random) = (crew, arena, number, new Random(seed));
        _clock = new FakedClock(string.Create(CultureInfo.InvariantCulture, $"{crew.ProcessLog}.clock-{number}"));
        _toSupabase = new FaultProxy(arena.Stack.Postgres.Port, StepMarks.ForSupabase, () => _life, crew.Wire);
        _toKamailio = new FaultProxy(arena.Stack.MariaDb.Port, StepMarks.ForKamailio, () => _life, crew.Wire);
    }

    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port.Number}"));

    /// <summary>A process lives here.</summary>
    public bool IsTaken { get; private set; }

    public void CutDoomed()
    {
        _toSupabase.CutDoomed();
        _toKamailio.CutDoomed();
    }

    /// <summary>Process after process, as the crew's phase says, until cancelled; the last one is killed then.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
            await LiveAsync(ended);
    }

    public async ValueTask DisposeAsync()
    {
        await _toSupabase.DisposeAsync();
        await _toKamailio.DisposeAsync();
        _port.Dispose();
    }

    private async Task LiveAsync(CancellationToken ended)
    {
        var phase = _crew.Phase;
        if (phase.IsRest || _number > _crew.Options.Alive)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(phase.Over, ended);
            await Task.Delay(Timeout.Infinite, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        IsTaken = true;
        var plan = phase.IsCalm ? LifePlan.Peaceful(_random) : LifePlan.Draw(_random, _crew.Options);
        if (plan.ClockOffset is not null)
            _crew.Log.WrongClock();
        using var process = await _crew.Launcher.StartAsync(_crew.Executable, _crew.ProcessLog, Environment(plan));
        var life = _life = new Life(process, plan, _crew.Log, _crew.Trap);
        var started = Stopwatch.GetTimestamp();
        using var dead = new CancellationTokenSource();
        var jumping = _clock.JumpAsync(plan.Jumps, _crew.Log.ClockJumped, dead.Token);
        var isOver = plan.Lifetime == Timeout.InfiniteTimeSpan ? new TaskCompletionSource().Task : EndAsync(life, plan);
        while (!process.HasExited)
        {
            using var next = CancellationTokenSource.CreateLinkedTokenSource(phase.Over, ended);
            var exit = process.WaitForExitAsync(next.Token);
            await Task.WhenAny(exit, phase.IsCalm ? exit : isOver);
            if (process.HasExited)
                break;

            // A calm phase has begun: who lives then, lives on. Otherwise its time is over.
            await next.CancelAsync();
            var wasCalm = phase.IsCalm;
            phase = _crew.Phase;
            if (phase.IsCalm && !phase.IsRest && !wasCalm && !ended.IsCancellationRequested)
            {
                life.Disarm();
                continue;
            }

            life.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        await dead.CancelAsync();
        await jumping;
        IsTaken = false;
        if (life.IsDead)
            _crew.Log.Killed(life.KilledAt);
        else if (!ended.IsCancellationRequested)
            _crew.Log.EndedByThemselves.Enqueue(string.Create(CultureInfo.InvariantCulture, $"exit code {process.ExitCode} after {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms"));
    }

    private static async Task EndAsync(Life life, LifePlan plan)
    {
        // One that is slow to start is not spared: the machine may be busy, or a database away.
        if (plan.FromFirstStep)
            await Task.WhenAny(life.Begun, Task.Delay(LongestStart));
        await Task.Delay(plan.Lifetime);
    }

    private Dictionary<string, string> Environment(LifePlan plan)
    {
        var environment = new Dictionary<string, string>(_arena.Stack.AppSettings)
        {
            ["PORT"] = _port.Number.ToString(CultureInfo.InvariantCulture),
            ["Logging__LogLevel__Default"] = "Warning",
            ["DOTNET_EnableDiagnostics"] = "0",
            ["Supabase__ConnectionString"] = new NpgsqlConnectionStringBuilder(_arena.Stack.AppSettings["Supabase__ConnectionString"]) { Port = _toSupabase.Port }.ConnectionString,
            ["Kamailio__ConnectionString"] = new MySqlConnectionStringBuilder(_arena.Stack.AppSettings["Kamailio__ConnectionString"]) { Port = (uint)_toKamailio.Port }.ConnectionString,
        };
        foreach (var (name, value) in plan.Settings.Concat(_crew.ExtraSettings).Concat(_crew.Options.Settings))
            environment[name] = value;
        foreach (var (name, value) in plan.Jumps.Count > 0 ? _clock.Jumping() : plan.ClockOffset is { } offset ? FakedClock.Off(offset) : [])
            environment[name] = value;
        return environment;
    }
}
