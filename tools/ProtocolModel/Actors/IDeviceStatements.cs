using Neolia.Functions.Subjects;
using Neolia.ProtocolModel.Databases;

namespace Neolia.ProtocolModel.Actors;

/// <summary>What Kamailio says to its database for a device that registers.</summary>
internal interface IDeviceStatements
{
    Defect Defect { get; }

    /// <summary>The digests of the subscriber, if there is one.</summary>
    Task<string?> AuthenticateAsync(SipName name);

    Task WriteContactAsync(long contact, ContactRow row);

    Task RemoveContactAsync(long contact);

    long NewContact();
}

/// <summary>To the model of Kamailio's database, in memory.</summary>
internal sealed class DeviceStatementsModel(KamailioModel kamailio) : IDeviceStatements
{
    public Defect Defect => kamailio.Defect;

    public Task<string?> AuthenticateAsync(SipName name) =>
        kamailio.StatementAsync($"is authenticated as {name}", _ => Task.FromResult(kamailio.Subscribers.Find(name)?.Ha1));

    public Task WriteContactAsync(long contact, ContactRow row) => WriteAsync("writes its contact", contact, row);

    public Task RemoveContactAsync(long contact) => WriteAsync("loses its contact", contact, null);

    public long NewContact() => kamailio.NewId();

    private Task WriteAsync(string what, long contact, ContactRow? row) => kamailio.StatementAsync(what, async t =>
    {
        await kamailio.Contacts.LockAsync(contact, t);
        kamailio.Contacts.Write(contact, row, t);
    });
}
