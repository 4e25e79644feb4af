namespace Neolia.FunctionsHost;

/// <summary>What the real host can't live with, although some of it looks like a success.</summary>
public enum FaultKind
{
    /// <summary>A timer was answered with an empty 200 or a 204: the real host waits until functionTimeout, then kills the handler.</summary>
    EmptyTimerAnswer,

    /// <summary>A timer was answered with something that is no JSON object of type application/json: the run counts as failed.</summary>
    UnreadableTimerAnswer,

    /// <summary>A timer was answered with a status that is none of success.</summary>
    FailedTimer,

    /// <summary>No answer within functionTimeout, or within 230 s for HTTP.</summary>
    TimedOut,

    /// <summary>Exit code 0: it may never be started again.</summary>
    EndedWithSuccess,

    /// <summary>The handler ended while a request was in its hands.</summary>
    EndedByRequest,

    /// <summary>It ended three times close together: the whole host stops.</summary>
    HostStopped,
}

/// <param name="Detail">Which function, and what was seen.</param>
public sealed record HostFault(FaultKind Kind, string Detail);

/// <summary>The host could not start the package, or its handler.</summary>
public sealed class HostStartException(string message) : Exception(message);
