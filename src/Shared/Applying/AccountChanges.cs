using Neolia.Functions.Reading;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Applying;

/// <summary>The writes that make Kamailio's database what the batch desires; all of them commit together.</summary>
public sealed class AccountChanges
{
    public List<SubscriberRow> SubscribersToDelete { get; } = [];

    public List<(SipName Name, AccountCredentials Credentials)> SubscribersToInsert { get; } = [];

    public List<(long Id, SipName Name, AccountCredentials Credentials)> SubscribersToUpdate { get; } = [];

    public Dictionary<SipName, IdentityRow> Identities { get; } = [];

    public Dictionary<Guid, FenceRow> Fences { get; } = [];

    /// <summary>Names whose present contacts must be gone before the account counts as synced (rule M4).</summary>
    public SortedSet<(Guid Account, SipName Name)> Kicks { get; } = [];

    public List<SubjectResult> Results { get; } = [];
}
