namespace Neolia.ProtocolModel.Databases;

/// <summary>
/// Rows as of the last commit, and the locked ones. A lock also holds what its transaction wrote into the row, which
/// nobody else sees before the commit (READ COMMITTED, on both servers).
/// </summary>
internal sealed class Table<TKey, TRow>(string name, IComparer<TKey>? order = null)
    where TKey : notnull
    where TRow : class
{
    private readonly SortedDictionary<TKey, TRow> _committed = new(order ?? Comparer<TKey>.Default);
    private readonly Dictionary<TKey, Lock> _locks = [];

    /// <summary>The committed rows, in key order.</summary>
    public IReadOnlyDictionary<TKey, TRow> Committed => _committed;

    public TRow? Find(TKey key, Transaction? reader = null) =>
        reader is not null && _locks.TryGetValue(key, out var held) && held.Owner == reader && held.IsWritten
            ? held.Row
            : _committed.GetValueOrDefault(key);

    public Transaction? OwnerOf(TKey key) => _locks.TryGetValue(key, out var held) ? held.Owner : null;

    public bool IsFreeFor(TKey key, Transaction transaction) => OwnerOf(key) is not { } owner || owner == transaction;

    /// <summary>Locks the row, or the place where it would be; as <c>skip locked</c> if somebody else holds it.</summary>
    public bool TryLock(TKey key, Transaction transaction)
    {
        transaction.ThrowIfOver();
        if (!IsFreeFor(key, transaction))
            return false;
        if (_locks.TryAdd(key, new Lock { Owner = transaction }))
            transaction.Locked(() => Commit(key), () => _locks.Remove(key));
        return true;
    }

    /// <summary>Locks the row, waiting for who holds it.</summary>
    public async Task LockAsync(TKey key, Transaction transaction)
    {
        while (!TryLock(key, transaction))
            await transaction.WaitAsync(() => OwnerOf(key), $"waits for {name} {key}");
    }

    /// <summary>Into a row that the transaction holds; null deletes it.</summary>
    public void Write(TKey key, TRow? row, Transaction transaction)
    {
        var held = _locks[key];
        if (held.Owner != transaction)
            throw new InvalidOperationException($"{name} {key} is written without its lock.");
        (held.Row, held.IsWritten) = (row, true);
    }

    /// <summary>The server goes back to a backup.</summary>
    public Action Backup()
    {
        var rows = _committed.ToList();
        return () =>
        {
            _committed.Clear();
            foreach (var (key, row) in rows)
                _committed[key] = row;
        };
    }

    private void Commit(TKey key)
    {
        _locks.Remove(key, out var held);
        if (!held!.IsWritten)
            return;
        if (held.Row is null)
            _committed.Remove(key);
        else
            _committed[key] = held.Row;
    }

    private sealed class Lock
    {
        public required Transaction Owner { get; init; }

        public bool IsWritten { get; set; }

        public TRow? Row { get; set; }
    }
}
