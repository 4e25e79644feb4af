using Neolia.Chaos.Arenas;
using Neolia.Chaos.Checking;
using Neolia.Chaos.Devices;
using Neolia.Chaos.Doorbells;
using Neolia.Chaos.Faults;
using Neolia.Chaos.Restores;
using Neolia.Chaos.Workers;
using Neolia.Chaos.Workload;

namespace Neolia.Chaos.Parts;

/// <summary>All that takes part in a run, put together.</summary>
internal sealed class Ground : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("neolia-chaos-").FullName;

    private Ground(Arena arena, int seed, CrewProgram? program)
    {
        (Arena, Seed) = (arena, seed);
        Gate = new DoorbellGate(seed);
        Crew = new Crew(arena, new CrewOptions(), seed, _folder, program);
        Gate.Targets = Crew.Urls;
        Writers = new Writers(arena, seed);
        Devices = new DeviceLoop(arena, seed);
        Checker = new Checker(arena, Crew, Writers);
        Probe = new Probe(arena);
        Waiting = new WaitingTimes(arena);
        Restores = new RestoreStretch(this);
        IsMutated = program is not null;
    }

    public Arena Arena { get; }

    public int Seed { get; }

    public DoorbellGate Gate { get; }

    public Crew Crew { get; }

    public Writers Writers { get; }

    public DeviceLoop Devices { get; }

    public Checker Checker { get; }

    public Probe Probe { get; }

    public WaitingTimes Waiting { get; }

    public RestoreStretch Restores { get; }

    /// <summary>It is not the published program that runs here.</summary>
    public bool IsMutated { get; }

    public FaultLog Faults { get; } = new();

    public static async Task<Ground> StartAsync(int seed, CrewProgram? program, CancellationToken cancellationToken)
    {
        var arena = await Arena.StartAsync(cancellationToken);
        var ground = new Ground(arena, seed, program);
        await arena.Stack.SetDoorbellAsync(ground.Gate.Url, cancellationToken);
        return ground;
    }

    /// <summary>A sequence of its own for one actor.</summary>
    public Random Random(string actor) => new(Seeds.Of(Seed, actor));

    /// <summary>What the processes wrote.</summary>
    public string ProcessLog => File.Exists(Crew.ProcessLog) ? File.ReadAllText(Crew.ProcessLog) : "";

    public async ValueTask DisposeAsync()
    {
        await Crew.DisposeAsync();
        await Gate.DisposeAsync();
        await Arena.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
