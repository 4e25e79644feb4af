using Neolia.Functions.Subjects;
using Neolia.ProtocolModel.Databases;
using Neolia.ProtocolModel.Scheduling;

namespace Neolia.ProtocolModel.Actors;

/// <summary>
/// A device that registers: Kamailio authenticates it, writes its contact, and authenticates it again, because the
/// account may have gone between the two (rule M4).
/// </summary>
internal sealed class Device(Actor actor, IDeviceStatements kamailio)
{
    public Actor Actor => actor;

    /// <summary>The contact whose second check is still to come.</summary>
    public long? Unchecked { get; private set; }

    public void Register(SipName name) => actor.Start(() => RunAsync(name));

    private async Task RunAsync(SipName name)
    {
        if (await kamailio.AuthenticateAsync(name) is not { } ha1)
            return;
        var contact = kamailio.NewContact();
        Unchecked = contact;
        await kamailio.WriteContactAsync(contact, new ContactRow(name, ha1));
        if (kamailio.Defect != Defect.RegistrationNotCheckedAgain && await kamailio.AuthenticateAsync(name) != ha1)
            await kamailio.RemoveContactAsync(contact);
        Unchecked = null;
    }
}
