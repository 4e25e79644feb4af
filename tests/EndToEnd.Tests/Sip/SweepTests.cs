using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Sip;

/// <summary>Contacts that lead nowhere go, and only those.</summary>
public sealed class SweepTests(RegistrarFixture fixture) : IClassFixture<RegistrarFixture>
{
    private readonly Registrar _registrar = fixture.Registrar;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SipTransport.Tcp)]
    [InlineData(SipTransport.Tls)]
    [InlineData(SipTransport.Ws)]
    [InlineData(SipTransport.Wss)]
    public async Task The_contact_of_a_closed_connection_goes(SipTransport transport)
    {
        var account = await _registrar.AddAccountAsync();
        await using (var device = _registrar.Device(account, transport))
        {
            Assert.Equal(200, (await device.RegisterAsync(Cancelled)).StatusCode);
            Assert.Equal([device.ContactUri], await _registrar.StoredContactsAsync(account.Username));
        }

        await EventuallyGoneAsync(account.Username);
    }

    [Fact]
    public async Task A_page_that_is_opened_again_and_again_finds_room()
    {
        var account = await _registrar.AddAccountAsync();
        for (var page = 0; page < 6; page++)
        {
            await using var device = _registrar.Device(account, SipTransport.Wss);
            Assert.Equal(200, (await device.RegisterAsync(Cancelled)).StatusCode);
        }
    }

    [Fact]
    public async Task A_contact_of_a_connection_that_nobody_saw_close_goes()
    {
        var account = await _registrar.AddAccountAsync();
        await AddContactAsync(account.Username, connection: 1_000_000);

        await EventuallyGoneAsync(account.Username);
    }

    [Fact]
    public async Task A_contact_of_a_name_of_ours_without_subscriber_goes_and_one_of_a_hand_made_name_stays()
    {
        await _registrar.ExecuteAsync($"insert into neolia_identity (domain, username) values ('{Registrar.Domain}', 'released')");
        await AddContactAsync("made-by-hand");
        await AddContactAsync("released");

        await EventuallyGoneAsync("released");
        Assert.Single(await _registrar.StoredContactsAsync("made-by-hand"));
    }

    [Fact]
    public async Task Contacts_of_another_server_at_the_same_tables_stay()
    {
        var account = await _registrar.AddAccountAsync();
        var other = await _registrar.AddAccountAsync();
        await AddContactAsync(other.Username, connection: 1_000_000, server: 7);
        await AddContactAsync(account.Username, connection: 1_000_000);

        await EventuallyGoneAsync(account.Username);
        Assert.Single(await _registrar.StoredContactsAsync(other.Username));
    }

    [Fact]
    public async Task Live_contacts_outlast_the_sweep()
    {
        var closed = await _registrar.AddAccountAsync();
        var live = await _registrar.AddAccountAsync();
        await using var tcp = _registrar.Device(live, SipTransport.Tcp);
        await using var udp = _registrar.Device(live, SipTransport.Udp);
        await tcp.RegisterAsync(Cancelled);
        await udp.RegisterAsync(Cancelled);
        await AddContactAsync(closed.Username, connection: 1_000_000);

        await EventuallyGoneAsync(closed.Username);
        Assert.Equal([tcp.ContactUri, udp.ContactUri], await _registrar.StoredContactsAsync(live.Username));
    }

    private Task AddContactAsync(string username, int connection = -1, int server = 0) => _registrar.ExecuteAsync(
        """
        insert into location (ruid, username, domain, contact, received, expires, socket, connection_id, server_id, last_modified)
        values (uuid(), @username, @domain, 'sip:a@192.0.2.1', 'sip:192.0.2.1:5060', utc_timestamp() + interval 1 hour, 'udp:127.0.0.1:5060', @connection, @server, utc_timestamp())
        """,
        ("@username", username), ("@domain", Registrar.Domain), ("@connection", connection), ("@server", server));

    private Task EventuallyGoneAsync(string username) => Eventually.HoldsAsync(
        $"the contact of {username} is gone", async () => (await _registrar.StoredContactsAsync(username)).Count == 0);
}
