using Neolia.Functions.Reading;
using Neolia.Functions.Subjects;

namespace Neolia.ProtocolModel.Databases;

/// <summary>The tables that the sync works with in Postgres, and the sequence of the versions.</summary>
internal sealed class SupabaseModel(Clock clock, Defect defect, bool isFineGrained) : Server(isFineGrained)
{
    private long _places;
    private long _digests;

    public Table<Guid, AccountRow> Accounts { get; } = new("account");

    /// <summary>The unique index of names: who takes or gives up a name holds its entry.</summary>
    public Table<SipName, Presence> Names { get; } = new("name");

    public Table<Guid, CredentialsRow> Credentials { get; } = new("credentials of");

    public Table<Guid, QueueRow> Queue { get; } = new("queue row of");

    public Table<Guid, StateRow> States { get; } = new("state of");

    public Table<string, Presence> AdvisoryLocks { get; } = new("advisory lock");

    /// <summary>The one that all accounts belong to.</summary>
    public Guid Unit { get; init; } = new("00000000-0000-0000-0000-0000000000ff");

    public Defect Defect => defect;

    public long LastVersion { get; set; }

    /// <summary>A transaction's <c>now()</c>.</summary>
    public DateTime Now() => clock.Next();

    public long DrawVersion() => ++LastVersion;

    public long NewPlace() => ++_places;

    /// <summary>Digests that nobody else has: told apart by what they say.</summary>
    public string NewDigest(string of) => $"{of}#{++_digests}";

    /// <summary>What the committed rows say of an account, as the drain reads it; null when it is gone.</summary>
    public AccountState? StateOf(Guid id)
    {
        if (Accounts.Find(id) is not { } account)
            return null;
        var bound = Credentials.Find(id) is { } keys && keys.Name == account.Name ? new AccountCredentials(keys.Ha1, keys.Ha1, keys.Issued) : null;
        return new AccountState(Unit, account.Name, "panel", account.Extension, account.Enabled, bound);
    }

    public Action Backup()
    {
        Action[] tables = [Accounts.Backup(), Names.Backup(), Credentials.Backup(), Queue.Backup(), States.Backup()];
        var version = LastVersion;
        return () =>
        {
            RollbackAll(_ => true);
            foreach (var restore in tables)
                restore();
            LastVersion = version;
        };
    }
}
