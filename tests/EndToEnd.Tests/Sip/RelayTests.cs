using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Sip;

/// <summary>Nothing is passed on to foreign domains, and nothing at all for somebody who does not say who they are.</summary>
public sealed class RelayTests(RegistrarFixture fixture) : IClassFixture<RegistrarFixture>
{
    private readonly Registrar _registrar = fixture.Registrar;

    [Theory]
    [InlineData("INVITE", Registrar.Domain, 407)]
    [InlineData("INVITE", "sip.example.org", 403)]
    [InlineData("MESSAGE", Registrar.Domain, 407)]
    [InlineData("MESSAGE", "127.0.0.1", 403)]
    [InlineData("SUBSCRIBE", Registrar.Domain, 407)]
    [InlineData("SUBSCRIBE", "sip.example.org", 403)]
    [InlineData("BYE", "sip.example.org", 405)]
    [InlineData("REFER", "sip.example.org", 405)]
    [InlineData("PUBLISH", Registrar.Domain, 405)]
    public async Task A_request_from_nobody_is_refused(string method, string domain, int expected)
    {
        await using var device = new SipDevice(_registrar.Options("nobody", "", domain: domain));

        var answer = await device.SendOnceAsync(
            method, message => message.Add("Contact", $"<{device.ContactUri}>"), challenge: null, TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer.StatusCode);
    }
}
