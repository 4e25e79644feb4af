namespace Neolia.Chaos.Faults;

/// <summary>Something that is done to the system again and again while a part of the run lasts.</summary>
internal interface IFault
{
    /// <summary>What the report calls it.</summary>
    string Name { get; }

    /// <summary>Once. Leaves everything in order, also when it is cancelled.</summary>
    Task StrikeAsync(FaultLog log, CancellationToken cancellationToken);
}
