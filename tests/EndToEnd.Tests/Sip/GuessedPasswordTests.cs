using System.Net;
using Neolia.LocalStack.Sip;
using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.Sip;

/// <summary>Who guesses passwords is shut out, and nobody else.</summary>
public sealed class GuessedPasswordTests(RegistrarFixture fixture) : IClassFixture<RegistrarFixture>
{
    // NEOLIA_WRONG_PASSWORDS, for one account from one address in a minute.
    private const int Allowed = 10;

    private static readonly IPAddress Elsewhere = IPAddress.Parse("127.0.0.2");

    private readonly Registrar _registrar = fixture.Registrar;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Guesses_from_one_address_shut_out_neither_the_victim_nor_the_neighbours()
    {
        var victim = await _registrar.AddAccountAsync();
        var neighbour = await _registrar.AddAccountAsync();

        for (var guess = 0; guess < Allowed; guess++)
            Assert.Equal(401, await GuessAsync(victim.Username));

        Assert.Equal(403, await GuessAsync(victim.Username));
        Assert.Equal(403, await RegisterAsync(victim.Username, victim.Password));
        Assert.Equal(200, await RegisterAsync(victim.Username, victim.Password, Elsewhere));
        Assert.Equal(200, await RegisterAsync(neighbour.Username, neighbour.Password));
    }

    [Fact]
    public async Task Guesses_for_a_name_that_there_is_not_count_the_same()
    {
        for (var guess = 0; guess < Allowed; guess++)
            Assert.Equal(401, await GuessAsync("somebody"));

        Assert.Equal(403, await GuessAsync("somebody"));
    }

    [Fact]
    public async Task A_phone_that_answers_stale_challenges_or_none_is_not_taken_for_a_guesser()
    {
        var account = await _registrar.AddAccountAsync();
        await using var device = _registrar.Device(account);
        var forgotten = new DigestChallenge(Registrar.Domain, "of another life", Opaque: null, OffersAuth: true, Stale: false);
        for (var attempt = 0; attempt < 3 * Allowed; attempt++)
        {
            Assert.Equal(401, (await SendAsync(device, forgotten)).StatusCode);
            Assert.Equal(401, (await SendAsync(device, challenge: null)).StatusCode);
        }

        Assert.Equal(200, (await device.RegisterAsync(Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Two_hundred_phones_behind_one_address_come_back_at_once_beside_one_that_has_an_old_password()
    {
        var accounts = new List<SipAccount>();
        for (var phone = 0; phone < 200; phone++)
            accounts.Add(await _registrar.AddAccountAsync());
        for (var guess = 0; guess <= Allowed; guess++)
            await GuessAsync(accounts[0].Username);

        var answers = await Task.WhenAll(accounts.Skip(1).Select(account => RegisterAsync(account.Username, account.Password)));

        Assert.All(answers, status => Assert.Equal(200, status));
    }

    private static Task<SipMessage> SendAsync(SipDevice device, DigestChallenge? challenge) =>
        device.SendOnceAsync("REGISTER", message => message.Add("Contact", $"<{device.ContactUri}>"), challenge, Cancelled);

    private Task<int> GuessAsync(string username) => RegisterAsync(username, Secrets.NewPassword());

    private async Task<int> RegisterAsync(string username, string password, IPAddress? from = null)
    {
        await using var device = new SipDevice(_registrar.Options(username, password, localAddress: from));
        return (await device.RegisterAsync(Cancelled)).StatusCode;
    }
}
