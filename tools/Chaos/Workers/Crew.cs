using Neolia.Chaos.Arenas;
using Neolia.Chaos.Wire;
using Neolia.LocalStack.Functions;

namespace Neolia.Chaos.Workers;

/// <summary>All processes of the function app, and whether they are being killed right now.</summary>
internal sealed class Crew : IAsyncDisposable
{
    private const long LongestLog = 100_000_000;

    private readonly CancellationTokenSource _ended = new();
    private readonly List<Slot> _slots;
    private readonly Task _running;

    public Crew(Arena arena, CrewOptions options, int seed, string folder, CrewProgram? program = null)
    {
        Options = options;
        Executable = program?.Executable ?? FunctionApp.PublishedExecutable;
        ExtraSettings = program?.Settings ?? new Dictionary<string, string>();
        ProcessLog = Path.Combine(folder, "workers.log");
        Wire = new WireFaults(Seeds.Of(seed, "wire"));
        _slots = [.. Enumerable.Range(1, CrewOptions.Slots).Select(n => new Slot(this, arena, n, Seeds.Of(seed, "slot", n)))];
        _running = Task.WhenAll(_slots.Select(slot => Task.Run(() => slot.RunAsync(_ended.Token))));
    }

    public CrewOptions Options { get; set; }

    public CrewPhase Phase { get; private set; } = CrewPhase.Begin(isCalm: true);

    public CrewLog Log { get; } = new();

    public WireFaults Wire { get; }

    public Trap Trap { get; } = new();

    public IReadOnlyList<Uri> Urls => [.. _slots.Select(slot => slot.Url)];

    internal Launcher Launcher { get; } = new();

    internal string Executable { get; }

    internal IReadOnlyDictionary<string, string> ExtraSettings { get; }

    internal string ProcessLog { get; }

    public void Rage() => Turn(CrewPhase.Begin(isCalm: false));

    /// <summary>All processes are killed and none is started; returns when none is left.</summary>
    public async Task RestAsync(CancellationToken cancellationToken)
    {
        Turn(CrewPhase.Begin(isCalm: true, isRest: true));
        while (_slots.Any(slot => slot.IsTaken))
            await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken);
    }

    /// <summary>Nobody is killed, stopped or cut any more.</summary>
    public void Calm()
    {
        Wire.Enabled = false;
        Turn(CrewPhase.Begin(isCalm: true));
        foreach (var slot in _slots)
            slot.CutDoomed();
    }

    /// <summary>What they write in outages would fill a disk in time. They add to the file's end wherever it is.</summary>
    public void TrimLog()
    {
        if (File.Exists(ProcessLog) && new FileInfo(ProcessLog).Length > LongestLog)
            new FileStream(ProcessLog, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite).Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _running;
        foreach (var slot in _slots)
            await slot.DisposeAsync();
        Phase.Dispose();
        Launcher.Dispose();
        _ended.Dispose();
    }

    private void Turn(CrewPhase phase)
    {
        var before = Phase;
        Phase = phase;
        before.Dispose();
    }
}

/// <summary>Another program than the published one, or more settings.</summary>
internal sealed record CrewProgram(string? Executable, IReadOnlyDictionary<string, string> Settings);

/// <param name="isCalm">Processes live; otherwise they are killed as planned.</param>
/// <param name="isRest">There are none.</param>
internal sealed class CrewPhase(bool isCalm, bool isRest) : IDisposable
{
    private readonly CancellationTokenSource _over = new();

    public bool IsCalm => isCalm;

    public bool IsRest => isRest;

    public CancellationToken Over { get; private set; }

    public static CrewPhase Begin(bool isCalm, bool isRest = false)
    {
        var phase = new CrewPhase(isCalm, isRest);
        phase.Over = phase._over.Token;
        return phase;
    }

    /// <summary>It is over. The source stays: who asks a disposed one in this very moment would never be told.</summary>
    public void Dispose() => _over.Cancel();
}
