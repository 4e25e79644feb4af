using System.Diagnostics;

namespace Neolia.Functions.Subjects;

public enum SubjectKind
{
    /// <summary>A SIP account: its subscriber, digests and name.</summary>
    Account,

    /// <summary>Where a unit stands (site, building, number) and its call rules.</summary>
    UnitRules,
}

/// <summary>The kinds as <c>kamailio_sync.queue.kind</c> spells them.</summary>
public static class SubjectKinds
{
    public static string ToQueueText(this SubjectKind kind) => kind switch
    {
        SubjectKind.Account => "account",
        SubjectKind.UnitRules => "unit_rules",
        _ => throw new UnreachableException(),
    };

    public static SubjectKind FromQueueText(string text) => text switch
    {
        "account" => SubjectKind.Account,
        "unit_rules" => SubjectKind.UnitRules,
        _ => throw new FormatException($"The queue holds the unknown kind '{text}'. Is a newer migration applied than this program knows?"),
    };
}
