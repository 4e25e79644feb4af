using Neolia.Functions.Subjects;

namespace Neolia.ProtocolModel.Databases;

/// <summary>What the dashboard's users do to accounts, with the triggers that follow: migrations <c>account_triggers</c> and <c>credentials_triggers</c>.</summary>
internal sealed class UserStatements(SupabaseModel supabase, MarkStatements marks)
{
    public async Task InsertAsync(Guid id, SipName name, DateTime now, Transaction transaction)
    {
        await supabase.Accounts.LockAsync(id, transaction);
        await TakeNameAsync(name, transaction);
        supabase.Accounts.Write(id, new AccountRow(name, Enabled: true, Extension: null), transaction);
        await WriteCredentialsAsync(id, name, isIssued: false, transaction);
        await marks.MarkAsync([id], now, transaction);
    }

    /// <summary>One row; nothing happens where it is gone by now.</summary>
    public async Task UpdateAsync(Guid id, Func<AccountRow, AccountRow> change, DateTime now, Transaction transaction)
    {
        if (!await TryLockSeenAsync(supabase.Accounts, id, transaction))
            return;
        var before = supabase.Accounts.Find(id, transaction)!;

        // Whoever wants the name of a row that is being written, whatever is written, waits to see what becomes of it.
        await supabase.Names.LockAsync(before.Name, transaction);
        var after = change(before);
        if (after == before)
            return;
        if (after.Name != before.Name)
        {
            supabase.Names.Write(before.Name, null, transaction);
            await TakeNameAsync(after.Name, transaction);
        }

        supabase.Accounts.Write(id, after, transaction);

        // The digests belong to the old name. Their own trigger marks the account first, and the account's once more.
        if (after.Name != before.Name)
        {
            await WriteCredentialsAsync(id, after.Name, isIssued: false, transaction);
            await marks.MarkAsync([id], now, transaction);
        }

        await marks.MarkAsync([id], now, transaction);
    }

    public async Task RekeyAsync(Guid id, DateTime now, Transaction transaction)
    {
        if (!await TryLockSeenAsync(supabase.Credentials, id, transaction))
            return;
        await WriteCredentialsAsync(id, supabase.Credentials.Find(id, transaction)!.Name, isIssued: true, transaction);
        await marks.MarkAsync([id], now, transaction);
    }

    /// <summary>One statement; the credentials go along.</summary>
    public async Task DeleteAsync(IEnumerable<Guid> ids, DateTime now, Transaction transaction)
    {
        var deleted = new List<Guid>();
        foreach (var id in ids.Where(id => supabase.Accounts.Find(id, transaction) is not null).Order().ToList())
        {
            if (!await TryLockSeenAsync(supabase.Accounts, id, transaction))
                continue;
            var account = supabase.Accounts.Find(id, transaction)!;
            await supabase.Names.LockAsync(account.Name, transaction);
            supabase.Names.Write(account.Name, null, transaction);
            supabase.Accounts.Write(id, null, transaction);
            deleted.Add(id);
        }

        foreach (var id in deleted)
        {
            await supabase.Credentials.LockAsync(id, transaction);
            supabase.Credentials.Write(id, null, transaction);
        }

        await marks.MarkAsync(deleted, now, transaction);
    }

    /// <summary>An update finds only rows that were committed when it began, waits for them, and looks again.</summary>
    private static async Task<bool> TryLockSeenAsync<TRow>(Table<Guid, TRow> table, Guid id, Transaction transaction)
        where TRow : class
    {
        if (table.Find(id, transaction) is null)
            return false;
        await table.LockAsync(id, transaction);
        return table.Find(id, transaction) is not null;
    }

    private async Task TakeNameAsync(SipName name, Transaction transaction)
    {
        await supabase.Names.LockAsync(name, transaction);
        if (supabase.Names.Find(name, transaction) is not null)
            throw new UniqueViolationException(name);
        supabase.Names.Write(name, Presence.Row, transaction);
    }

    private async Task WriteCredentialsAsync(Guid id, SipName name, bool isIssued, Transaction transaction)
    {
        await supabase.Credentials.LockAsync(id, transaction);
        supabase.Credentials.Write(id, new CredentialsRow(supabase.NewDigest(name.Username), name, isIssued), transaction);
    }
}

/// <summary>Another account has the name: the user's transaction ends.</summary>
internal sealed class UniqueViolationException(SipName name) : Exception($"duplicate key value: {name}");
