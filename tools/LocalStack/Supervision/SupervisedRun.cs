namespace Neolia.LocalStack.Supervision;

/// <summary>A program that ends by itself, under the same supervision as a server.</summary>
public static class SupervisedRun
{
    /// <summary>
    /// Runs it to its end and returns what it wrote. <paramref name="prepare"/> fills its folder first. Throws with
    /// the last lines when the exit code is not 0.
    /// </summary>
    public static async Task<string> RunAsync(ServerCommand command, Action<string>? prepare, CancellationToken cancellationToken)
    {
        await using var run = await SupervisedServer.PrepareAsync(command, cancellationToken);
        prepare?.Invoke(run.Folder);
        await run.StartAsync(cancellationToken);
        var exitCode = await run.Exited.WaitAsync(cancellationToken);
        return exitCode == 0
            ? run.Log
            : throw new ServerStartException($"{command.Name} ended with exit code {exitCode}", run.LogTail());
    }

    /// <summary>The same for a program that needs no files beside it.</summary>
    public static Task<string> RunAsync(
        IReadOnlyList<string> command, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? environment = null)
    {
        var name = Path.GetFileName(command[0]);
        var supervised = new ServerCommand
        {
            Name = name,
            Folder = ServerCommand.NewFolder(name),
            Command = command,
            Environment = environment ?? new Dictionary<string, string>(),
        };
        return RunAsync(supervised, prepare: null, cancellationToken);
    }
}
