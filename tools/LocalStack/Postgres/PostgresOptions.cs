namespace Neolia.LocalStack.Postgres;

public sealed record PostgresOptions
{
    /// <summary>True: commits reach the disk (demos, benchmarks). False: faster, for tests that don't pull the plug.</summary>
    public bool Durable { get; init; }

    /// <summary>True: a commit outlives the server's SIGKILL, though not the machine's power cut. For tests that kill it.</summary>
    public bool SurvivesKills { get; init; }

    /// <summary>Most connections at a time.</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary><c>shared_buffers</c>.</summary>
    public int BuffersMiB { get; init; } = 128;
}
