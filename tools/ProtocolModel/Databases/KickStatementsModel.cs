using Neolia.Functions.Applying;
using Neolia.Functions.Subjects;
using Neolia.ProtocolModel.Scheduling;

namespace Neolia.ProtocolModel.Databases;

/// <summary>What a kick says to Kamailio's database, statement for statement (rule M4).</summary>
internal sealed class KickStatementsModel(KamailioModel kamailio) : IKickStatements
{
    public Task<IReadOnlyCollection<SipName>> ReadMarkedNamesAsync(IReadOnlyList<Guid> accounts, CancellationToken cancellationToken) =>
        kamailio.StatementAsync<IReadOnlyCollection<SipName>>("reads marks of kicks", _ => Task.FromResult<IReadOnlyCollection<SipName>>(
            [.. kamailio.Kicks.Committed.Keys.Concat(Actor.Current.RememberedKicks).Where(k => accounts.Contains(k.Account)).Select(k => k.Name).Distinct()]));

    public Task DeleteContactsAsync(IReadOnlyList<Guid> accounts, IReadOnlyCollection<SipName> names, CancellationToken cancellationToken) =>
        kamailio.StatementAsync("deletes marks and contacts", async transaction =>
        {
            Actor.Current.RememberedKicks.RemoveWhere(k => accounts.Contains(k.Account) && names.Contains(k.Name));
            foreach (var kick in kamailio.Kicks.Committed.Keys.Where(k => accounts.Contains(k.Account) && names.Contains(k.Name)).ToList())
            {
                await kamailio.Kicks.LockAsync(kick, transaction);
                kamailio.Kicks.Write(kick, null, transaction);
            }

            await kamailio.MomentAsync("deletes contacts", transaction);
            foreach (var (id, _) in kamailio.Contacts.Committed.Where(c => names.Contains(c.Value.Name)).ToList())
            {
                await kamailio.Contacts.LockAsync(id, transaction);
                kamailio.Contacts.Write(id, null, transaction);
            }

            await kamailio.MomentAsync("commits the kick", transaction);
        });
}
