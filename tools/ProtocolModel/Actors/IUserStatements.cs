using Neolia.Functions.Subjects;
using Neolia.ProtocolModel.Databases;
using Neolia.ProtocolModel.Scheduling;

namespace Neolia.ProtocolModel.Actors;

/// <summary>What users say to Supabase.</summary>
internal interface IUserStatements
{
    /// <summary>As committed; null where there is no such account.</summary>
    SipName? NameOf(Guid account);

    Task<IUserTransaction> BeginAsync();
}

/// <summary>Disposed of before its commit it is rolled back.</summary>
internal interface IUserTransaction : IAsyncDisposable
{
    Task InsertAsync(Guid account, SipName name);

    Task RenameAsync(Guid account, SipName name);

    Task ToggleAsync(Guid account);

    Task ExtendAsync(Guid account);

    Task RekeyAsync(Guid account);

    Task DeleteAsync(IReadOnlyList<Guid> accounts);

    Task CommitAsync();

    Task RollbackAsync();
}

/// <summary>To the model of Supabase, in memory.</summary>
internal sealed class UserStatementsModel(SupabaseModel supabase, UserStatements users) : IUserStatements
{
    public SipName? NameOf(Guid account) => supabase.Accounts.Find(account)?.Name;

    public Task<IUserTransaction> BeginAsync() => Task.FromResult<IUserTransaction>(new Transaction(supabase, users));

    private sealed class Transaction(SupabaseModel supabase, UserStatements users) : IUserTransaction
    {
        private readonly DateTime _now = supabase.Now();
        private readonly Databases.Transaction _transaction = supabase.Begin();

        public Task InsertAsync(Guid account, SipName name) => SayAsync($"creates {name}", t => users.InsertAsync(account, name, _now, t));

        public Task RenameAsync(Guid account, SipName name) =>
            SayAsync($"renames to {name}", t => users.UpdateAsync(account, a => a with { Name = name }, _now, t));

        public Task ToggleAsync(Guid account) => SayAsync("disables or enables", t => users.UpdateAsync(account, a => a with { Enabled = !a.Enabled }, _now, t));

        public Task ExtendAsync(Guid account) => SayAsync("changes the extension", t => users.UpdateAsync(account, a => a with { Extension = a.Extension + "1" }, _now, t));

        public Task RekeyAsync(Guid account) => SayAsync("re-keys", t => users.RekeyAsync(account, _now, t));

        public Task DeleteAsync(IReadOnlyList<Guid> accounts) => SayAsync($"deletes {accounts.Count}", t => users.DeleteAsync(accounts, _now, t));

        public Task CommitAsync() => SayAsync("commits", t =>
        {
            supabase.Commit(t);
            return Task.CompletedTask;
        });

        public Task RollbackAsync() => SayAsync("rolls back", t =>
        {
            supabase.Rollback(t);
            return Task.CompletedTask;
        });

        public ValueTask DisposeAsync()
        {
            supabase.Rollback(_transaction);
            return ValueTask.CompletedTask;
        }

        private Task SayAsync(string what, Func<Databases.Transaction, Task> statement) => supabase.StatementAsync(_transaction, what, () => statement(_transaction));
    }
}
