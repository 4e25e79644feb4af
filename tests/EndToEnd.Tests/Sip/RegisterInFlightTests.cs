using System.Diagnostics;
using MySqlConnector;
using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Sip;

/// <summary>
/// Rule M4: a REGISTER that was authenticated before a change, and writes its contact after the change's contacts were
/// deleted, must not survive. A lock on location holds save() at exactly that point.
/// </summary>
public sealed class RegisterInFlightTests(RegistrarFixture fixture) : IClassFixture<RegistrarFixture>
{
    private readonly Registrar _registrar = fixture.Registrar;

    private const string Delete = "delete from subscriber where username = @username";
    private const string ReKey = "update subscriber set ha1 = md5(rand()), ha1b = md5(rand()) where username = @username";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Delete)]
    [InlineData(ReKey)]
    public async Task A_new_contact_does_not_survive(string change)
    {
        var account = await _registrar.AddAccountAsync();
        await using var device = PatientDevice(account);

        var answer = await OvertakeAsync(account, change, () => device.RegisterAsync(Cancelled));

        Assert.Equal(401, answer.StatusCode);
        Assert.Empty(await _registrar.StoredContactsAsync(account.Username));
    }

    [Theory]
    [InlineData(Delete)]
    [InlineData(ReKey)]
    public async Task A_refreshed_contact_does_not_survive(string change)
    {
        var account = await _registrar.AddAccountAsync();
        await using var device = PatientDevice(account);
        await device.RegisterAsync(Cancelled);

        // Nothing is written where the row is gone, so that the answer needs no second look: the next one says it.
        await OvertakeAsync(account, change, () => device.RegisterAsync(Cancelled));

        Assert.Empty(await _registrar.StoredContactsAsync(account.Username));
        Assert.Equal(401, (await device.RegisterAsync(Cancelled)).StatusCode);
    }

    [Fact]
    public async Task The_first_of_two_contacts_does_not_survive_when_the_second_can_not_be_stored()
    {
        var account = await _registrar.AddAccountAsync();
        await using var expired = _registrar.Device(account);
        await expired.RegisterAsync(Cancelled);
        await using var device = PatientDevice(account);

        // Longer than the column that it goes to.
        var unstorable = $"<sip:second@127.0.0.1>;+sip.instance=\"<{new string('x', 300)}>\"";

        // With a row at hand, even an expired one, save() adds contact by contact and keeps those it has when one fails.
        var answer = await OvertakeAsync(
            account,
            Delete,
            () => device.SendAsync(
                "REGISTER",
                message => message.Add("Contact", $"<{device.ContactUri}>, {unstorable}").Add("Expires", "600"),
                Cancelled),
            kick: "update location set expires = '2020-01-01' where username = @username");

        Assert.Equal(401, answer.StatusCode);
        Assert.DoesNotContain(device.ContactUri, await _registrar.StoredContactsAsync(account.Username));
    }

    [Fact]
    public async Task A_device_with_the_new_password_keeps_its_contact()
    {
        var account = await _registrar.AddAccountAsync();
        await using var old = PatientDevice(account);
        await using var renewed = PatientDevice(account);
        var bystander = await _registrar.AddAccountAsync();
        await using var other = _registrar.Device(bystander);
        await other.RegisterAsync(Cancelled);

        await OvertakeAsync(
            account,
            Delete,
            () => old.RegisterAsync(Cancelled),
            kick: $"insert into location (ruid, username, domain, contact, callid, expires) values (uuid(), @username, '{Registrar.Domain}', '{renewed.ContactUri}', uuid(), now() + interval 1 hour)");

        Assert.Equal([renewed.ContactUri], await _registrar.StoredContactsAsync(account.Username));
        Assert.Equal([other.ContactUri], await _registrar.StoredContactsAsync(bystander.Username));
    }

    /// <summary>The change and its kick happen while the REGISTER stands between its authentication and its save.</summary>
    private async Task<SipMessage> OvertakeAsync(
        SipAccount account, string change, Func<Task<SipMessage>> register, string kick = "delete from location where username = @username")
    {
        await using var holder = await _registrar.ConnectAsync();
        await ExecuteAsync(holder, "lock tables location write", account);
        var answer = register();
        await WaitUntilSaveWaitsAsync();
        await _registrar.ExecuteAsync(change, ("@username", account.Username));
        await ExecuteAsync(holder, kick, account);
        await ExecuteAsync(holder, "unlock tables", account);
        return await answer;
    }

    private async Task WaitUntilSaveWaitsAsync()
    {
        await using var connection = await _registrar.ConnectAsync();
        await using var waiting = new MySqlCommand(
            "select count(*) from information_schema.processlist where user = 'kamailio' and db = database() and state like 'Waiting for table%'", connection);
        for (var clock = Stopwatch.StartNew(); Convert.ToInt64(await waiting.ExecuteScalarAsync(Cancelled), null) == 0;)
        {
            Assert.True(clock.Elapsed < Deadline, "no query of Kamailio waits for the location table");
            await Task.Delay(10, Cancelled);
        }
    }

    private static async Task ExecuteAsync(MySqlConnection connection, string sql, SipAccount account)
    {
        await using var command = new MySqlCommand(sql, connection);
        command.Parameters.AddWithValue("@username", account.Username);
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    // A retransmission would reach another worker, find the change, and answer before the one that is held.
    private SipDevice PatientDevice(SipAccount account) => new(new SipDeviceOptions
    {
        Server = _registrar.Address,
        Username = account.Username,
        Domain = Registrar.Domain,
        Password = account.Password,
        RetransmitAfter = TimeSpan.FromSeconds(10),
        RetransmitAtMost = TimeSpan.FromSeconds(10),
        Timeout = TimeSpan.FromSeconds(10),
    });
}
