using Neolia.Functions.Supabase;
using Neolia.Functions.Wording;

namespace Neolia.Functions.Checking;

public enum Severity
{
    /// <summary>Something doesn't work, or is unsafe.</summary>
    Broken,

    /// <summary>Everything works, and somebody has something to do.</summary>
    Notice,
}

/// <param name="Code">Stable, for programs.</param>
/// <param name="Sentence">What is wrong and what to do, in one sentence.</param>
public sealed record Finding(string Code, Severity Severity, Sentence Sentence)
{
    /// <summary>What users are told instead: how a door stands open is for the operator alone.</summary>
    public Sentence? ForUsers { get; init; }

    public Sentence For(Caller caller) => caller is Caller.User ? ForUsers ?? Sentence : Sentence;

    public static Finding Broken(string code, string english, string french, Sentence? forUsers = null) =>
        new(code, Severity.Broken, new Sentence(english, french)) { ForUsers = forUsers };

    public static Finding Notice(string code, string english, string french) => new(code, Severity.Notice, new Sentence(english, french));
}
