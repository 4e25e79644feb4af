namespace Neolia.ProtocolModel.Actors;

/// <summary>What a user's transaction does to an account, or to two.</summary>
public enum Change
{
    /// <summary>Creates it, or where it exists gives it another name.</summary>
    Name,

    Rekey,

    /// <summary>Enables or disables it.</summary>
    Toggle,

    /// <summary>Something that doesn't change the subscriber.</summary>
    Extension,

    Delete,

    /// <summary>Deletes it, and creates another one under its name.</summary>
    Recreate,

    /// <summary>Two accounts exchange their names, in three statements.</summary>
    Swap,

    /// <summary>Both accounts in one statement, as when their unit goes.</summary>
    DeleteBoth,
}
