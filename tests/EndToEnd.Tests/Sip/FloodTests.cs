using System.Globalization;
using System.Net;
using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Sip;

public sealed class FloodTests(StackFixture stack)
{
    private const int Limit = 40;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_asks_too_often_without_saying_who_it_is_gets_silence_and_others_get_answers()
    {
        await using var registrar = await Registrar.StartAsync(
            stack.Stack.MariaDb,
            new Dictionary<string, string> { ["NEOLIA_STRANGERS"] = Limit.ToString(CultureInfo.InvariantCulture) });
        await using var flooder = Stranger(registrar, "127.0.0.3");
        await using var other = Stranger(registrar, "127.0.0.4");

        for (var request = 0; request < Limit; request++)
            Assert.Equal(200, (await flooder.OptionsAsync(Cancelled)).StatusCode);

        await Assert.ThrowsAsync<SipTimeoutException>(() => flooder.OptionsAsync(Cancelled));
        Assert.Equal(200, (await other.OptionsAsync(Cancelled)).StatusCode);
    }

    [Fact]
    public async Task A_phone_that_proves_who_it_is_is_answered_beside_a_flood_from_its_own_address()
    {
        await using var registrar = await Registrar.StartAsync(
            stack.Stack.MariaDb,
            new Dictionary<string, string> { ["NEOLIA_STRANGERS"] = Limit.ToString(CultureInfo.InvariantCulture) });
        await using var phone = registrar.Device(await registrar.AddAccountAsync());
        var challenge = DigestChallenge.Parse((await RegisterAsync(phone, challenge: null))["WWW-Authenticate"]!);
        await using var flooder = Stranger(registrar, "127.0.0.1");
        await Assert.ThrowsAsync<SipTimeoutException>(async () =>
        {
            for (var request = 0; request <= Limit; request++)
                await flooder.OptionsAsync(Cancelled);
        });

        Assert.Equal(200, (await RegisterAsync(phone, challenge)).StatusCode);
    }

    [Fact]
    public async Task Packets_in_the_name_of_an_address_shut_out_neither_its_connections_nor_its_first_registrations()
    {
        await using var registrar = await Registrar.StartAsync(stack.Stack.MariaDb, new Dictionary<string, string>
        {
            ["NEOLIA_STRANGERS"] = Limit.ToString(CultureInfo.InvariantCulture),
            ["NEOLIA_STRANGERS_REGISTERING"] = (2 * Limit).ToString(CultureInfo.InvariantCulture),
        });
        const string victim = "127.0.0.5";
        await using var spoofed = Stranger(registrar, victim);
        await using var phone = Stranger(registrar, victim);
        await using var connected = Stranger(registrar, victim, SipTransport.Tcp);
        await UntilSilenceAsync(Limit, () => spoofed.OptionsAsync(Cancelled));

        Assert.Equal(200, (await connected.OptionsAsync(Cancelled)).StatusCode);
        Assert.Equal(401, (await RegisterAsync(phone, challenge: null)).StatusCode);

        await UntilSilenceAsync((2 * Limit) - 1, () => RegisterAsync(spoofed, challenge: null));
        Assert.Equal(401, (await RegisterAsync(connected, challenge: null)).StatusCode);
    }

    [Fact]
    public async Task A_header_that_proves_nothing_is_no_excuse()
    {
        const string foreign = "Digest username=\"a\", realm=\"x\", nonce=\"n\", uri=\"sip:x\", response=\"00000000000000000000000000000000\"";
        (string Method, string Header, string Value)[] excuses =
        [
            ("OPTIONS", "Authorization", foreign), ("OPTIONS", "Proxy-Authorization", foreign),
            ("REGISTER", "Authorization", foreign), ("REGISTER", "Proxy-Authorization", foreign),
            ("INVITE", "Proxy-Authorization", foreign), ("INVITE", "Authorization", foreign),
            ("MESSAGE", "Proxy-Authorization", foreign), ("SUBSCRIBE", "Proxy-Authorization", foreign),
            ("REGISTER", "Authorization", "Digest"), ("REGISTER", "Authorization", "Digest username=\"a"), ("INVITE", "Proxy-Authorization", "Digest realm=,,"),
        ];
        await using var registrar = await Registrar.StartAsync(
            stack.Stack.MariaDb,
            new Dictionary<string, string> { ["NEOLIA_STRANGERS"] = Limit.ToString(CultureInfo.InvariantCulture) });

        await Task.WhenAll(excuses.Select(async (excuse, number) =>
        {
            await using var flooder = Stranger(registrar, $"127.0.1.{number}");
            await UntilSilenceAsync(Limit, () => flooder.SendOnceAsync(
                flooder.Request(excuse.Method, $"sip:{Registrar.Domain}").Add(excuse.Header, excuse.Value), Cancelled));
        }));
    }

    // Its own window may have begun anew once in between.
    private static async Task UntilSilenceAsync(int limit, Func<Task<SipMessage>> send)
    {
        for (var request = 0; request <= 2 * limit; request++)
        {
            try
            {
                await send();
            }
            catch (SipTimeoutException)
            {
                Assert.True(request >= limit, $"silence after {request} requests, {limit} allowed");
                return;
            }
        }
        Assert.Fail($"more than {2 * limit} requests were answered");
    }

    private static Task<SipMessage> RegisterAsync(SipDevice device, DigestChallenge? challenge) =>
        device.SendOnceAsync("REGISTER", message => message.Add("Contact", $"<{device.ContactUri}>"), challenge, Cancelled);

    // Sends everything once: a retransmission would count.
    private static SipDevice Stranger(Registrar registrar, string address, SipTransport transport = SipTransport.Udp) => new(new SipDeviceOptions
    {
        Server = registrar.Address, // UDP and TCP share the port.
        Transport = transport,
        LocalAddress = IPAddress.Parse(address),
        Username = "stranger",
        Domain = Registrar.Domain,
        RetransmitAfter = TimeSpan.FromSeconds(30),
        RetransmitAtMost = TimeSpan.FromSeconds(30),
        Timeout = TimeSpan.FromSeconds(1),
    });
}
