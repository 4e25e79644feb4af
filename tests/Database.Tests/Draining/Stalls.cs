namespace Neolia.Database.Tests.Draining;

/// <summary>Where a worker's turn passes through the test's hands: each runs before that step reaches its database.</summary>
public sealed record Stalls
{
    public Func<Task>? BeforeRead { get; init; }

    public Func<Task>? BeforeApply { get; init; }

    public Func<Task>? BeforeKick { get; init; }

    public Func<Task>? BeforeAcknowledge { get; init; }
}
