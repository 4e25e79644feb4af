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

    private static Task<SipMessage> RegisterAsync(SipDevice device, DigestChallenge? challenge) =>
        device.SendOnceAsync("REGISTER", message => message.Add("Contact", $"<{device.ContactUri}>"), challenge, Cancelled);

    // Sends everything once: a retransmission would count.
    private static SipDevice Stranger(Registrar registrar, string address) => new(new SipDeviceOptions
    {
        Server = registrar.Address,
        LocalAddress = IPAddress.Parse(address),
        Username = "stranger",
        Domain = Registrar.Domain,
        RetransmitAfter = TimeSpan.FromSeconds(30),
        RetransmitAtMost = TimeSpan.FromSeconds(30),
        Timeout = TimeSpan.FromSeconds(1),
    });
}
