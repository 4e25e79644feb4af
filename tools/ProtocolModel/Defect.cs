namespace Neolia.ProtocolModel;

/// <summary>Deliberate bugs, one for each rule that keeps the protocol together. The tests must find every one.</summary>
public enum Defect
{
    None,

    /// <summary>Fences and names are read as if nobody had ever written them (principle 4).</summary>
    FenceOff,

    /// <summary>The state is read in one statement and the version in a later one (rule P4).</summary>
    StateReadBeforeVersion,

    /// <summary>The acknowledge takes a row out of the queue whatever its version is.</summary>
    AcknowledgeWithoutVersion,

    /// <summary>A failure is written whatever version the row has (rule P3).</summary>
    FailureWithoutVersion,

    /// <summary>An account that lets go of a name deletes its subscriber, whoever owns the name by now (rule M1).</summary>
    DeleteWithoutOwnership,

    /// <summary>The trigger draws the version before it waits for the queue row (rule P1).</summary>
    VersionDrawnBeforeLock,

    /// <summary>Contacts to delete are remembered by the process that applied the change, and by nobody else (rule M4).</summary>
    KickForgottenAfterCrash,

    /// <summary>A subject whose fence is higher is taken out of the queue (rule M2).</summary>
    HigherFenceAcknowledged,

    /// <summary>Kamailio does not authenticate again after it wrote a contact (rule M4).</summary>
    RegistrationNotCheckedAgain,
}
