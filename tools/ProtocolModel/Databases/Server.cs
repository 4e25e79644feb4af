using Neolia.ProtocolModel.Scheduling;

namespace Neolia.ProtocolModel.Databases;

/// <summary>A database server that runs one statement at a time, when the scenario lets it.</summary>
/// <param name="isFineGrained">Statements may be interrupted between what they see and what they lock, as on a real server
/// with several processors. A test beside a real server can't force that.</param>
internal abstract class Server(bool isFineGrained)
{
    private readonly List<Transaction> _open = [];

    /// <summary>After each commit, before anybody else does anything.</summary>
    public event Action? Committed;

    public bool IsDown { get; set; }

    public int Rollbacks { get; private set; }

    public Transaction Begin()
    {
        var transaction = new Transaction(Actor.Current);
        _open.Add(transaction);
        return transaction;
    }

    public void Commit(Transaction transaction)
    {
        transaction.Commit();
        _open.Remove(transaction);
        if (transaction.HasLocks)
            Committed?.Invoke();
    }

    public void Rollback(Transaction transaction)
    {
        if (!_open.Remove(transaction))
            return;
        transaction.Rollback();
        Rollbacks++;
    }

    /// <summary>What becomes of a client's transactions when it is killed, and of all of them when the server is.</summary>
    public void RollbackAll(Func<Transaction, bool> which) => _open.Where(which).ToList().ForEach(Rollback);

    /// <summary>One statement that commits by itself.</summary>
    public async Task<T> StatementAsync<T>(string what, Func<Transaction, Task<T>> statement)
    {
        await PassAsync(what);
        var transaction = Begin();
        try
        {
            var result = await statement(transaction);
            Commit(transaction);
            Actor.Current.ThrowIfAnswerIsLost();
            return result;
        }
        finally
        {
            Rollback(transaction);
        }
    }

    public Task StatementAsync(string what, Func<Transaction, Task> statement) => StatementAsync(what, async t =>
    {
        await statement(t);
        return true;
    });

    /// <summary>One statement of a transaction that goes on.</summary>
    public async Task<T> StatementAsync<T>(Transaction transaction, string what, Func<Task<T>> statement)
    {
        await PassAsync(what);
        transaction.ThrowIfOver();
        var result = await statement();
        Actor.Current.ThrowIfAnswerIsLost();
        return result;
    }

    public Task StatementAsync(Transaction transaction, string what, Func<Task> statement) => StatementAsync(transaction, what, async () =>
    {
        await statement();
        return true;
    });

    /// <summary>A moment within a statement, in which others may commit.</summary>
    public async Task MomentAsync(string what, Transaction transaction)
    {
        if (isFineGrained)
            await Actor.Current.PassAsync(what);
        transaction.ThrowIfOver();
    }

    private async Task PassAsync(string what)
    {
        await Actor.Current.PassAsync(what);
        if (IsDown)
            throw Fault.ConnectionLost.ToException(isWaiting: false);
    }
}
