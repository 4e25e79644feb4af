namespace Neolia.LocalStack;

public sealed record StackOptions
{
    /// <summary>True: both databases write to the disk at every commit, as in production (demo, benchmarks).</summary>
    public bool Durable { get; init; }

    /// <summary>True: what both databases have committed outlives their SIGKILL, though not the machine's power cut.</summary>
    public bool SurvivesKills { get; init; }

    /// <summary>False: no @supabase/lite; users are rows of auth.users made by hand, and migrations go in without the CLI.</summary>
    public bool WithDashboard { get; init; } = true;

    /// <summary>False: no app yet; <see cref="Stack.StartAppAsync"/> starts it, as often as wanted.</summary>
    public bool WithApp { get; init; } = true;

    /// <summary>True: the dashboard's example page is served, too, and the app lets it in.</summary>
    public bool WithExample { get; init; }

    /// <summary>The app reaches PostgreSQL through a pooler in transaction mode with so many connections; null: directly.</summary>
    public int? PoolSize { get; init; }

    /// <summary>Domains that Kamailio serves.</summary>
    public IReadOnlyList<string> Domains { get; init; } = ["sip.neolia.app"];

    /// <summary>Memory for pages that each of the two databases gets; 128 MiB is what both have by default.</summary>
    public int BuffersMiB { get; init; } = 128;

    /// <summary>Settings of the app besides those that the stack makes; they win over them.</summary>
    public IReadOnlyDictionary<string, string> AppSettings { get; init; } = new Dictionary<string, string>();
}
