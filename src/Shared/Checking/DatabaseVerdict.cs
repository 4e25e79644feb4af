namespace Neolia.Functions.Checking;

public enum DatabaseVerdict
{
    Good,

    /// <summary>No answer, or none that the sync could work with.</summary>
    Unreachable,

    /// <summary>It answers, but too slowly, or takes no more connections.</summary>
    Overloaded,

    /// <summary>It answers, but refuses the login.</summary>
    Refused,

    /// <summary>A table, column, function, trigger or policy is missing.</summary>
    OtherSchema,

    /// <summary>A right is missing.</summary>
    NoRights,
}
