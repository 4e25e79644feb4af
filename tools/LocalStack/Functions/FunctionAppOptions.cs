namespace Neolia.LocalStack.Functions;

public sealed record FunctionAppOptions
{
    /// <summary>The published executable; the one that ./dev publishes when null.</summary>
    public string? Executable { get; init; }

    /// <summary>Settings in the form that the environment has, such as Supabase__Password.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>True: started as the Functions host does, which calls the timers. False: it runs by itself and has its own.</summary>
    public bool UnderFunctionsHost { get; init; }

    /// <summary>Port to listen on, from <see cref="Supervision.LoopbackPort"/>; a free one when null.</summary>
    public Supervision.LoopbackPort? Port { get; init; }
}
