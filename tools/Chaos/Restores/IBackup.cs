namespace Neolia.Chaos.Restores;

/// <summary>A backup of one of the databases.</summary>
internal interface IBackup
{
    /// <summary>The database's name in the report.</summary>
    string Of { get; }

    Task RestoreAsync(CancellationToken cancellationToken);
}
