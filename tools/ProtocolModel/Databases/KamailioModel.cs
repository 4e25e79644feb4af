using Neolia.Functions.Applying;
using Neolia.Functions.Subjects;

namespace Neolia.ProtocolModel.Databases;

/// <summary>The tables that the sync works with in Kamailio's database.</summary>
internal sealed class KamailioModel(Defect defect, bool isFineGrained) : Server(isFineGrained)
{
    private long _ids;

    public Table<Guid, FenceRow> Fences { get; } = new("fence of");

    public Table<SipName, IdentityRow> Identities { get; } = new("identity");

    public Table<SipName, SubscriberRow> Subscribers { get; } = new("subscriber");

    public Table<(Guid Account, SipName Name), Presence> Kicks { get; } = new("kick of");

    public Table<long, ContactRow> Contacts { get; } = new("contact");

    public Defect Defect => defect;

    /// <summary>Everybody who ever owned a name: only the bug that deletes without ownership looks here.</summary>
    public HashSet<(SipName Name, Guid Owner)> FormerOwners { get; } = [];

    public long NewId() => ++_ids;

    public Action Backup()
    {
        Action[] tables = [Fences.Backup(), Identities.Backup(), Subscribers.Backup(), Kicks.Backup(), Contacts.Backup()];
        return () =>
        {
            RollbackAll(_ => true);
            foreach (var restore in tables)
                restore();
        };
    }
}
