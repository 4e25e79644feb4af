namespace Neolia.LocalStack.Supervision;

/// <summary>What to run for one server, and how to ask it to end.</summary>
public sealed record ServerCommand
{
    /// <summary>The server's name in messages and in its folder's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its own folder, from <see cref="NewFolder"/>; made at the start, deleted at the end.</summary>
    public required string Folder { get; init; }

    /// <summary>The program and its arguments. Secrets belong in <see cref="Environment"/>: arguments are public.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Directory to run in; the owner's when null.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Signal that ends the server when it is thrown away, without the prefix SIG.</summary>
    public string LastSignal { get; init; } = "KILL";

    /// <summary>How long the server may take after <see cref="LastSignal"/> before SIGKILL.</summary>
    public TimeSpan LastPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A path that nobody uses yet, short enough for a socket inside it (108 bytes, unix(7)).</summary>
    public static string NewFolder(string name) =>
        Path.Combine(Path.GetTempPath(), $"neolia-{name}-{Guid.NewGuid().ToString("N")[..10]}");
}
