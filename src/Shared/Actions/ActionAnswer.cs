using Neolia.Functions.Wording;

namespace Neolia.Functions.Actions;

/// <summary>What an action of <c>kamailio-sync</c> did; counts are of the caller's accounts only.</summary>
public sealed class ActionAnswer
{
    public bool Success => Errors.Count == 0;

    public int AccountsCreated { get; set; }

    public int AccountsUpdated { get; set; }

    public int AccountsDeleted { get; set; }

    public List<Sentence> Errors { get; } = [];

    public List<Sentence> Warnings { get; } = [];

    /// <summary>Handed out once, by the action that made them.</summary>
    public DeviceConfiguration? Credentials { get; set; }
}
