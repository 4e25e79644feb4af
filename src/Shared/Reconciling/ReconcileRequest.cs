namespace Neolia.Functions.Reconciling;

/// <param name="DryRun">Reports only.</param>
/// <param name="Force">Removes whatever share.</param>
/// <param name="AskAgain">Tries again, too, what could not be synced as it was: somebody may have helped meanwhile.</param>
/// <param name="DrainBudget">How long to wait for the repair; it goes on afterwards where the process does.</param>
public sealed record ReconcileRequest(bool DryRun, bool Force, bool AskAgain, TimeSpan DrainBudget)
{
    /// <summary>What was seen of a restore before somebody could hide it by applying newer versions; null: look now.</summary>
    public RestoreVerdict? Seen { get; init; }

    /// <summary>As a timer asks.</summary>
    public static ReconcileRequest Regular(TimeSpan drainBudget) => new(DryRun: false, Force: false, AskAgain: false, drainBudget);
}
