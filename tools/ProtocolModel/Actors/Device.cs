using Neolia.Functions.Subjects;
using Neolia.ProtocolModel.Databases;
using Neolia.ProtocolModel.Scheduling;

namespace Neolia.ProtocolModel.Actors;

/// <summary>
/// A device that registers: Kamailio authenticates it, writes its contact, and authenticates it again, because the
/// account may have gone between the two (rule M4).
/// </summary>
internal sealed class Device(Actor actor, KamailioModel kamailio)
{
    public Actor Actor => actor;

    /// <summary>The contact whose second check is still to come.</summary>
    public long? Unchecked { get; private set; }

    public void Register(SipName name) => actor.Start(() => RunAsync(name));

    private async Task RunAsync(SipName name)
    {
        try
        {
            if (await kamailio.StatementAsync($"authenticates as {name}", _ => Task.FromResult(kamailio.Subscribers.Find(name))) is not { } subscriber)
                return;
            var contact = kamailio.NewId();
            Unchecked = contact;
            await kamailio.StatementAsync("writes its contact", async t =>
            {
                await kamailio.Contacts.LockAsync(contact, t);
                kamailio.Contacts.Write(contact, new ContactRow(name, subscriber.Ha1), t);
            });
            if (kamailio.Defect == Defect.RegistrationNotCheckedAgain)
                return;
            var isStillGood = await kamailio.StatementAsync("is authenticated again", _ => Task.FromResult(kamailio.Subscribers.Find(name)?.Ha1 == subscriber.Ha1));
            if (!isStillGood)
            {
                await kamailio.StatementAsync("loses its contact", async t =>
                {
                    await kamailio.Contacts.LockAsync(contact, t);
                    kamailio.Contacts.Write(contact, null, t);
                });
            }
        }
        catch (IOException)
        {
            // Kamailio could not ask its database. A contact that stays unchecked is found by the sweep.
        }
        finally
        {
            Unchecked = null;
        }
    }
}
