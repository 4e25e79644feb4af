namespace Neolia.Functions.Applying;

/// <summary>What became of one subject in one turn of the drain.</summary>
public enum Outcome
{
    /// <summary>Kamailio has something that it did not have before.</summary>
    Created,

    /// <summary>Kamailio's rows differed and were changed.</summary>
    Updated,

    /// <summary>Kamailio's rows were removed: the subject is deleted or disabled.</summary>
    Removed,

    /// <summary>Kamailio held it already.</summary>
    Unchanged,

    /// <summary>It can't be synced until it changes or an operator acts. Rows of an earlier name are gone.</summary>
    Refused,

    /// <summary>Kamailio has seen a higher version: nothing was written, and nothing may be acknowledged (rule M2).</summary>
    Superseded,

    /// <summary>It failed in a way that can pass: nothing was written.</summary>
    Retry,
}
