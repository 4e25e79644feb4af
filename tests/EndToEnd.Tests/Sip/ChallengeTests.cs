using System.Net;
using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Sip;

public sealed class ChallengeTests(RegistrarFixture fixture) : IClassFixture<RegistrarFixture>
{
    private readonly Registrar _registrar = fixture.Registrar;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_nonce_is_good_for_one_address_only()
    {
        var account = await _registrar.AddAccountAsync();
        await using var device = _registrar.Device(account);
        await using var elsewhere = new SipDevice(
            _registrar.Options(account.Username, account.Password, localAddress: IPAddress.Parse("127.0.0.2")));
        var challenge = DigestChallenge.Parse((await SendOnceAsync(device, challenge: null))["WWW-Authenticate"]!);

        var refused = await SendOnceAsync(elsewhere, challenge);

        Assert.Equal(401, refused.StatusCode);
        Assert.True(DigestChallenge.Parse(refused["WWW-Authenticate"]!).Stale, "the device is not told that its password may be right");
        Assert.Equal(200, (await SendOnceAsync(device, challenge)).StatusCode);
        Assert.Equal(200, (await elsewhere.RegisterAsync(Cancelled)).StatusCode);
    }

    [Fact]
    public async Task A_nonce_from_before_a_restart_is_challenged_anew()
    {
        await using var device = _registrar.Device(await _registrar.AddAccountAsync());
        var forgotten = new DigestChallenge(Registrar.Domain, "of another life", Opaque: null, OffersAuth: true, Stale: false);

        var refused = await SendOnceAsync(device, forgotten);

        Assert.Equal(401, refused.StatusCode);
        Assert.NotNull(refused["WWW-Authenticate"]);
    }

    private static Task<SipMessage> SendOnceAsync(SipDevice device, DigestChallenge? challenge) =>
        device.SendOnceAsync("REGISTER", message => message.Add("Contact", $"<{device.ContactUri}>"), challenge, Cancelled);
}
