namespace Neolia.Functions.Verbs;

/// <summary>What a verb has to say at its end, for people and for programs.</summary>
internal interface IVerbAnswer
{
    /// <summary>True: exit code 1.</summary>
    bool NeedsAttention { get; }

    IEnumerable<string> Lines { get; }

    string ToJson();
}
