using Neolia.Functions.Subjects;

namespace Neolia.ProtocolModel.Databases;

/// <summary><c>public.sip_accounts</c>, as far as Kamailio needs it.</summary>
internal sealed record AccountRow(SipName Name, bool Enabled, string? Extension);

/// <summary><c>kamailio_sync.credentials</c>: the digests, and the name that they are bound to.</summary>
internal sealed record CredentialsRow(string Ha1, SipName Name, bool Issued);

/// <summary><c>kamailio_sync.queue</c>.</summary>
/// <param name="Place">The <c>ctid</c>: every write moves the row.</param>
internal sealed record QueueRow(
    long Version, DateTime NextAttemptAt, int Attempts, Guid? LeaseId, DateTime? LeasedUntil, string? LastError, long Place)
{
    /// <summary>Due but for a lease whose claim was not answered.</summary>
    public bool IsUnder(Guid lease, DateTime now) => NextAttemptAt <= now && LeaseId == lease;

    public bool IsDue(DateTime now) => NextAttemptAt <= now && (LeasedUntil is null || LeasedUntil <= now);
}

/// <summary><c>public.sip_account_sync</c>.</summary>
internal sealed record StateRow(string State, int Attempts, string? ErrorCode, bool HasCredentials);

/// <summary><c>location</c>: a device that registered with these digests.</summary>
internal sealed record ContactRow(SipName Name, string Ha1);

/// <summary>Something without columns that is there or not, or is locked or not.</summary>
internal sealed record Presence
{
    public static readonly Presence Row = new();
}
