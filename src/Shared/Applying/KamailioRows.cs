using Neolia.Functions.Subjects;

namespace Neolia.Functions.Applying;

/// <summary>What Kamailio's database holds of a batch of accounts, read under locks.</summary>
public sealed class KamailioRows
{
    public Dictionary<Guid, FenceRow> Fences { get; } = [];

    /// <summary>The names that the batch wants or holds.</summary>
    public Dictionary<SipName, IdentityRow> Identities { get; } = [];

    /// <summary>The subscribers of those names, whoever made them.</summary>
    public Dictionary<SipName, SubscriberRow> Subscribers { get; } = [];
}

/// <summary>A row of <c>neolia_account</c>: the last version applied to an account, and what it says beside the subscriber.</summary>
public sealed record FenceRow(long Version, Guid? UnitId, string? Type, string? Extension, bool Deleted);

/// <summary>
/// A row of <c>neolia_identity</c>. <paramref name="Version"/> is that at which the last owner held the name: who
/// rightly owns it next got its own version later, because Supabase keeps names unique.
/// </summary>
public sealed record IdentityRow(Guid? Owner, long Version);

/// <param name="Username">As stored: a case-insensitive table may hold <c>Unit401</c> where <c>unit401</c> was asked for.</param>
public sealed record SubscriberRow(long Id, string Username, string Domain, string Password, string Ha1, string Ha1b)
{
    /// <summary>Records print their members, and digests and passwords must never reach a log.</summary>
    public override string ToString() => $"subscriber {Id}";
}
