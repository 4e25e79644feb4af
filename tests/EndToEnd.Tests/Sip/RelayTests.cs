using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Sip;

/// <summary>Nothing is passed on, neither to accounts nor to foreign domains, with or without a right password.</summary>
public sealed class RelayTests(RegistrarFixture fixture) : IClassFixture<RegistrarFixture>
{
    private readonly Registrar _registrar = fixture.Registrar;

    [Theory]
    [InlineData("INVITE", Registrar.Domain)]
    [InlineData("INVITE", "sip.example.org")]
    [InlineData("MESSAGE", Registrar.Domain)]
    [InlineData("MESSAGE", "127.0.0.1")]
    [InlineData("SUBSCRIBE", Registrar.Domain)]
    [InlineData("BYE", "sip.example.org")]
    [InlineData("REFER", "sip.example.org")]
    public async Task Other_requests_are_refused(string method, string domain)
    {
        var account = await _registrar.AddAccountAsync();
        await using var device = new SipDevice(_registrar.Options(account.Username, account.Password, domain: domain));

        var answer = await device.SendAsync(method, message => message.Add("Contact", $"<{device.ContactUri}>"), TestContext.Current.CancellationToken);

        Assert.Equal(405, answer.StatusCode);
        Assert.Equal("REGISTER, OPTIONS", answer["Allow"]);
    }
}
