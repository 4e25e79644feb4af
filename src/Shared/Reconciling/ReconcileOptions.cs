namespace Neolia.Functions.Reconciling;

/// <summary>Settings <c>Reconcile__*</c>.</summary>
public sealed class ReconcileOptions
{
    public const string Section = "Reconcile";

    /// <summary>
    /// Share of Kamailio's accounts, and of its units, that one run may remove without being told to (0 to 1). More than
    /// that looks like an empty or a wrong database behind a connection string.
    /// </summary>
    public double MaxRemovedShare { get; set; } = 0.1;

    /// <summary>Longest time for one of the statements over whole tables: a million accounts take some 20 s each.</summary>
    public TimeSpan StatementTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Period when the program runs by itself, without the Functions host's timer.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);
}
