using Neolia.Functions.Subjects;

namespace Neolia.Functions.Checking;

/// <summary>One account as Supabase says it should be.</summary>
/// <param name="Place">Site, building and flat, for people.</param>
/// <param name="HasCredentials">False: its digests are random ones that nobody knows a password for.</param>
/// <param name="Digests">Null: there are none for its present name.</param>
/// <param name="Waiting">Null: no change of it waits.</param>
/// <param name="UnitError">Why its flat is not synced; null: it is.</param>
public sealed record SupabaseAccount(
    Guid Id, SipName Name, string Type, string? Extension, bool Enabled, Guid UnitId, string Place, bool HasCredentials, AccountDigests? Digests,
    ShownRegistration Registration, ShownSync Sync, WaitingChange? Waiting, string? UnitError);

/// <summary>What the dashboard shows of the account's device.</summary>
public sealed record ShownRegistration(bool Registered, DateTime? Last);

/// <summary>What the dashboard shows of the account's sync.</summary>
public sealed record ShownSync(string State, string? ErrorCode, string? LastError, DateTime? SyncedAt);

/// <param name="Final">It is not tried again before somebody changes the account.</param>
public sealed record WaitingChange(DateTime Since, int Attempts, bool Final, string? LastError);

/// <summary>The same account as Kamailio's database holds it.</summary>
/// <param name="Owner">The account that owns the name; null: nobody.</param>
/// <param name="Subscriber">Null: there is no subscriber of this name.</param>
/// <param name="Fence">Null: Kamailio's database has never heard of the account.</param>
/// <param name="Contacts">Devices that are registered under the name.</param>
/// <param name="KickPending">Its contacts are still to be deleted.</param>
public sealed record KamailioAccount(Guid? Owner, AccountDigests? Subscriber, AccountFence? Fence, long Contacts, bool KickPending);

public sealed record AccountFence(long Version, Guid? UnitId, string? Type, string? Extension, bool Deleted);

public sealed record AccountDigests(string Ha1, string Ha1b)
{
    /// <summary>Records print their members, and a digest must never reach a log.</summary>
    public override string ToString() => "digests";
}
