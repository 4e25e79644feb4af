namespace Neolia.ProtocolModel;

public enum MoveKind
{
    /// <summary>A worker's lane does its next statements: <c>B</c> of them, one at least.</summary>
    Work,

    /// <summary>A user begins a change (<c>B</c>), or does the next statement of the one that runs.</summary>
    Change,

    /// <summary>A user's session does its next statements.</summary>
    Go,

    /// <summary>A device registers, or does its next statement.</summary>
    Register,

    /// <summary>A worker's process is killed, and another one starts.</summary>
    Kill,

    /// <summary>The next statement of a worker's lane fails.</summary>
    Fail,

    /// <summary>Leases and back-offs run out.</summary>
    Pass,

    /// <summary>Somebody asks for an account again.</summary>
    AskAgain,

    /// <summary>The operator adds a subscriber by hand, or removes the one that is there.</summary>
    Guest,

    /// <summary>Kamailio's database stops answering, or answers again.</summary>
    KamailioDown,

    /// <summary>Supabase's database stops answering, or answers again.</summary>
    SupabaseDown,

    /// <summary>Both databases are backed up.</summary>
    Backup,

    /// <summary>One of them goes back to its backup.</summary>
    Restore,
}

/// <summary>One move of a scenario. Any two numbers make sense, so that any part of a scenario is a scenario.</summary>
public readonly record struct Move(MoveKind Kind, int A, int B);
