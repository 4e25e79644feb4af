namespace Neolia.Chaos.Workers;

/// <summary>The steps of a drain, each known by the request that it sends to a database.</summary>
internal enum DrainStep
{
    Claim,
    ReadAccounts,
    ReadUnits,
    FindFences,
    CreateFences,
    LockFences,
    LockNames,
    WriteAccounts,
    CommitAccounts,
    ReadKicks,
    Kick,
    CommitKick,
    LockUnits,
    WriteUnits,
    CommitUnits,
    Acknowledge,
    RenewVersions,
    Free,
}

/// <summary>Where in a step: a process can die or stall at each of them.</summary>
internal enum Moment
{
    /// <summary>The request was sent and has not reached the server.</summary>
    Asked,

    /// <summary>The server has done it, and the answer has not arrived.</summary>
    Done,

    /// <summary>The answer has arrived.</summary>
    Answered,
}
