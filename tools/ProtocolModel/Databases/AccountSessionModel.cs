using MySqlConnector;
using Neolia.Functions.Applying;
using Neolia.Functions.Reading;
using Neolia.Functions.Subjects;
using Neolia.ProtocolModel.Scheduling;

namespace Neolia.ProtocolModel.Databases;

/// <summary>What applying accounts says to Kamailio's database, statement for statement, with the locks that InnoDB takes at READ COMMITTED.</summary>
internal sealed class AccountSessionModel(KamailioModel kamailio) : IAccountSession
{
    private Transaction? _transaction;

    public Task<MissingRows> FindMissingAsync(IReadOnlyList<Guid> ids, IReadOnlyList<SipName> names, CancellationToken cancellationToken) =>
        kamailio.StatementAsync("looks for missing rows", _ => Task.FromResult(new MissingRows(
            new(ids.Where(id => kamailio.Fences.Find(id) is null)),
            new(names.Where(name => kamailio.Identities.Find(name) is null)))));

    public async Task CreateAsync(MissingRows missing, CancellationToken cancellationToken)
    {
        if (missing.Ids.Count > 0)
            await kamailio.StatementAsync("makes fences", t => InsertIgnoreAsync(kamailio.Fences, missing.Ids, new FenceRow(0, null, null, null, false), t));
        if (missing.Names.Count > 0)
            await kamailio.StatementAsync("makes identities", t => InsertIgnoreAsync(kamailio.Identities, missing.Names, new IdentityRow(null, 0), t));
    }

    public Task BeginAsync(CancellationToken cancellationToken)
    {
        _transaction = kamailio.Begin();
        return Task.CompletedTask;
    }

    public Task<KamailioRows> LockAndReadAsync(IReadOnlyList<Guid> ids, IReadOnlyList<SipName> wanted, CancellationToken cancellationToken) =>
        kamailio.StatementAsync(_transaction!, "locks and reads", async () =>
        {
            var rows = new KamailioRows();
            foreach (var id in ids.Where(id => kamailio.Fences.Find(id) is not null))
            {
                await kamailio.Fences.LockAsync(id, _transaction!);
                rows.Fences[id] = kamailio.Fences.Find(id)!;
            }

            await kamailio.MomentAsync("looks for the names that they hold", _transaction!);
            var names = new SortedSet<SipName>(wanted);
            names.UnionWith(kamailio.Identities.Committed.Where(i => i.Value.Owner is { } owner && ids.Contains(owner)).Select(i => i.Key));

            await kamailio.MomentAsync("locks names", _transaction!);
            foreach (var name in names.Where(name => kamailio.Identities.Find(name) is not null))
            {
                await kamailio.Identities.LockAsync(name, _transaction!);
                rows.Identities[name] = kamailio.Identities.Find(name)!;
            }

            await kamailio.MomentAsync("locks subscribers", _transaction!);
            foreach (var name in names.Where(name => kamailio.Subscribers.Find(name) is not null))
            {
                await kamailio.Subscribers.LockAsync(name, _transaction!);
                if (kamailio.Subscribers.Find(name) is { } subscriber)
                    rows.Subscribers[name] = subscriber;
            }

            Mislead(rows, ids);
            return rows;
        });

    public Task WriteAsync(AccountChanges changes, CancellationToken cancellationToken) =>
        kamailio.StatementAsync(_transaction!, Describe("writes", changes), async () =>
        {
            await PutAsync(kamailio.Fences, changes.Fences, overwrite: true);
            await PutAsync(kamailio.Identities, changes.Identities, overwrite: true);
            await WriteSubscribersAsync(changes);
            await WriteKicksAsync(changes);
        });

    public Task<bool> IsAnyThereAsync(IReadOnlyList<Guid> ids, IReadOnlyList<SipName> names, CancellationToken cancellationToken) =>
        kamailio.StatementAsync(_transaction!, "looks for owned names and guests", () => Task.FromResult(
            names.Any(name => kamailio.Subscribers.Find(name) is not null)
            || kamailio.Identities.Committed.Values.Any(i => i.Owner is { } owner && ids.Contains(owner))));

    public async Task<bool> TryInsertAsync(AccountChanges changes, CancellationToken cancellationToken)
    {
        try
        {
            await kamailio.StatementAsync(_transaction!, Describe("inserts", changes), async () =>
            {
                await PutAsync(kamailio.Fences, changes.Fences, overwrite: false);
                await PutAsync(kamailio.Identities, changes.Identities, overwrite: false);
                await WriteSubscribersAsync(changes);
                await WriteKicksAsync(changes);
            });
            return true;
        }
        catch (MySqlException exception) when (exception.ErrorCode == MySqlErrorCode.DuplicateKeyEntry)
        {
            return false;
        }
    }

    public Task CommitAsync() => kamailio.StatementAsync(_transaction!, "commits", () =>
    {
        kamailio.Commit(_transaction!);
        return Task.CompletedTask;
    });

    public Task RollbackAsync(CancellationToken cancellationToken)
    {
        kamailio.Rollback(_transaction!);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        if (_transaction is not null)
            kamailio.Rollback(_transaction);
        return ValueTask.CompletedTask;
    }

    private static async Task InsertIgnoreAsync<TKey, TRow>(Table<TKey, TRow> table, IEnumerable<TKey> keys, TRow row, Transaction transaction)
        where TKey : notnull
        where TRow : class
    {
        foreach (var key in keys)
        {
            await table.LockAsync(key, transaction);
            if (table.Find(key, transaction) is null)
                table.Write(key, row, transaction);
        }
    }

    private async Task PutAsync<TKey, TRow>(Table<TKey, TRow> table, Dictionary<TKey, TRow> rows, bool overwrite)
        where TKey : notnull
        where TRow : class
    {
        foreach (var (key, row) in rows.OrderBy(r => r.Key))
        {
            await table.LockAsync(key, _transaction!);
            if (!overwrite && table.Find(key, _transaction) is not null)
                throw Faults.MySql(MySqlErrorCode.DuplicateKeyEntry);
            table.Write(key, row, _transaction!);
        }
    }

    private async Task WriteSubscribersAsync(AccountChanges changes)
    {
        foreach (var name in changes.SubscribersToDelete.Select(s => new SipName(s.Username, s.Domain)))
            kamailio.Subscribers.Write(name, null, _transaction!);
        foreach (var (name, keys) in changes.SubscribersToInsert.OrderBy(s => s.Name))
        {
            await kamailio.Subscribers.LockAsync(name, _transaction!);
            if (kamailio.Subscribers.Find(name, _transaction) is not null)
                throw Faults.MySql(MySqlErrorCode.DuplicateKeyEntry);
            kamailio.Subscribers.Write(name, new SubscriberRow(kamailio.NewId(), name.Username, name.Domain, "", keys.Ha1, keys.Ha1b), _transaction!);
        }

        foreach (var (id, name, keys) in changes.SubscribersToUpdate)
            kamailio.Subscribers.Write(name, new SubscriberRow(id, name.Username, name.Domain, "", keys.Ha1, keys.Ha1b), _transaction!);
    }

    private async Task WriteKicksAsync(AccountChanges changes)
    {
        if (kamailio.Defect == Defect.KickForgottenAfterCrash)
        {
            Actor.Current.RememberedKicks.UnionWith(changes.Kicks);
            return;
        }

        foreach (var kick in changes.Kicks)
        {
            await kamailio.Kicks.LockAsync(kick, _transaction!);
            kamailio.Kicks.Write(kick, Presence.Row, _transaction!);
        }
    }

    private void Mislead(KamailioRows rows, IReadOnlyList<Guid> ids)
    {
        if (kamailio.Defect == Defect.FenceOff)
        {
            foreach (var id in ids)
                rows.Fences[id] = rows.Fences[id] with { Version = 0 };
            foreach (var (name, identity) in rows.Identities.ToList())
                rows.Identities[name] = identity with { Version = 0 };
        }

        if (kamailio.Defect == Defect.DeleteWithoutOwnership)
        {
            foreach (var (name, owner) in kamailio.FormerOwners.Where(o => ids.Contains(o.Owner)))
            {
                if (kamailio.Identities.Find(name) is { } identity && kamailio.Identities.TryLock(name, _transaction!))
                    rows.Identities[name] = identity with { Owner = owner };
                if (kamailio.Subscribers.Find(name) is { } subscriber && kamailio.Subscribers.TryLock(name, _transaction!))
                    rows.Subscribers[name] = subscriber;
            }
        }
    }

    private static string Describe(string what, AccountChanges changes) => changes.Results.Count == 0
        ? what
        : $"{what} {string.Join(", ", changes.Results.Select(r => $"{r.Outcome} {r.Version}"))}";
}
