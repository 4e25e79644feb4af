namespace Neolia.Functions.Secrets;

/// <summary>The secrets as they are now. They change while the program runs; nobody keeps one.</summary>
public interface ISecrets
{
    /// <summary>The present value; null when there is none, or none could be read yet.</summary>
    string? Read(Secret secret);

    /// <summary>What is wrong with their source, in a few words; null when nothing is.</summary>
    string? Trouble { get; }

    /// <summary>Reads all of them anew, because one was refused. Calls that come together are answered by one reading.</summary>
    Task RefreshAsync(CancellationToken cancellationToken);
}
