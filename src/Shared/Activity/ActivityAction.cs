using System.Diagnostics;

namespace Neolia.Functions.Activity;

/// <summary>What only the program knows of an account; the rest is noted by the database.</summary>
public enum ActivityAction
{
    /// <summary>Kamailio's rows were found to differ from what is desired.</summary>
    DriftFound,

    DriftRepaired,
}

internal static class ActivityActions
{
    /// <summary>As in <c>intercom_activity_logs.action</c>.</summary>
    public static string ToText(this ActivityAction action) => action switch
    {
        ActivityAction.DriftFound => "drift_found",
        ActivityAction.DriftRepaired => "drift_repaired",
        _ => throw new UnreachableException(),
    };
}
