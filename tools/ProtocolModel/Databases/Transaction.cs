using MySqlConnector;
using Neolia.ProtocolModel.Scheduling;

namespace Neolia.ProtocolModel.Databases;

/// <summary>A transaction of either server: the rows it holds, and the one it waits for.</summary>
internal sealed class Transaction(Actor actor)
{
    private readonly List<(Action Commit, Action Release)> _locks = [];
    private Func<Transaction?>? _waitsFor;

    public Actor Actor => actor;

    public bool IsOver { get; private set; }

    public bool HasLocks => _locks.Count > 0;

    public void Locked(Action commit, Action release) => _locks.Add((commit, release));

    /// <summary>Until the holder is gone. Whoever would close a circle of waiting is its victim.</summary>
    public async Task WaitAsync(Func<Transaction?> holder, string what)
    {
        for (var other = holder(); other is not null; other = other._waitsFor?.Invoke())
        {
            if (other == this)
                throw Faults.MySql(MySqlErrorCode.LockDeadlock);
        }

        _waitsFor = holder;
        try
        {
            await actor.PassAsync(what, isFree: () => holder() is null);
        }
        finally
        {
            _waitsFor = null;
        }
    }

    /// <summary>The server ended it: its connection was cut, or the server itself.</summary>
    public void ThrowIfOver()
    {
        if (IsOver)
            throw new IOException("The server has rolled this transaction back.");
    }

    public void Commit()
    {
        ThrowIfOver();
        IsOver = true;
        _locks.ForEach(l => l.Commit());
    }

    public void Rollback()
    {
        if (IsOver)
            return;
        IsOver = true;
        _locks.ForEach(l => l.Release());
    }
}
