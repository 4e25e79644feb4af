namespace Neolia.Functions.Secrets;

/// <summary>
/// A database's password while it is being changed. The vault and the database never change in the same moment: for a
/// while the newest password is not valid yet, or is the only valid one. So the last two are kept, and whichever the
/// database refused is followed by the other.
/// </summary>
public sealed class RotatingPassword(ISecrets secrets, Secret secret)
{
    /// <summary>How long a login is tried again while a password is being changed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan BetweenLogins = TimeSpan.FromMilliseconds(100);
    private readonly Lock _lock = new();
    private string? _newest;
    private string? _previous;
    private bool _preferPrevious;

    /// <exception cref="MissingSecretException">No value could be read yet.</exception>
    public string Current
    {
        get
        {
            lock (_lock)
            {
                NoteNewest();
                return (_preferPrevious ? _previous : _newest) ?? throw new MissingSecretException(secret);
            }
        }
    }

    /// <summary>Tells that the database refused <paramref name="password"/>. Returns when it is time to try <see cref="Current"/>.</summary>
    public async Task RefusedAsync(string password, CancellationToken cancellationToken)
    {
        await secrets.RefreshAsync(cancellationToken);
        lock (_lock)
        {
            NoteNewest();
            var current = _preferPrevious ? _previous : _newest;
            if (current == password && _previous is not null)
                _preferPrevious = !_preferPrevious;
        }

        await Task.Delay(BetweenLogins, cancellationToken);
    }

    private void NoteNewest()
    {
        var read = secrets.Read(secret);
        if (read is null || read == _newest)
            return;
        (_previous, _newest, _preferPrevious) = (_newest, read, false);
    }
}
