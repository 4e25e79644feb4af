using System.Security.Cryptography;
using System.Text;
using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Sip;

/// <summary>An account holder who tries to be somebody else. The attacker's own password is always right.</summary>
public sealed class ImpersonationTests(RegistrarFixture fixture) : IClassFixture<RegistrarFixture>
{
    private readonly Registrar _registrar = fixture.Registrar;

    // Each of Kamailio's workers keeps its own left-over memory: tries enough to meet the same one twice.
    private const int Workers = 16;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Somebody_elses_To_is_refused()
    {
        var attacker = await _registrar.AddAccountAsync();
        var victim = await _registrar.AddAccountAsync();
        await using var device = new SipDevice(_registrar.Options(victim.Username, attacker.Password, digestUsername: attacker.Username));

        Assert.Equal(403, (await device.RegisterAsync(Cancelled)).StatusCode);
        Assert.Empty(await _registrar.StoredContactsAsync(victim.Username));
    }

    [Theory]
    [InlineData("Proxy-Authorization")]
    [InlineData("Authorization")]
    public async Task A_second_header_that_names_the_victim_is_refused(string header)
    {
        var attacker = await _registrar.AddAccountAsync();
        var victim = await _registrar.AddAccountAsync();
        await using var device = new SipDevice(_registrar.Options(victim.Username, attacker.Password, digestUsername: attacker.Username));

        var answer = await device.SendAsync(
            "REGISTER",
            message => message
                .Add("Contact", $"<{device.ContactUri}>")
                .Add(header, $"Digest username=\"{victim.Username}\", realm=\"elsewhere\", nonce=\"n\", uri=\"sip:x\", response=\"{new string('0', 32)}\""),
            Cancelled);

        Assert.Equal(400, answer.StatusCode);
        Assert.Empty(await _registrar.StoredContactsAsync(victim.Username));
    }

    [Theory]
    [InlineData("{0}@sip.neolia.app")]
    [InlineData("{0} ")]
    [InlineData("{0}%20")]
    public async Task Another_spelling_of_ones_own_name_is_refused(string spelling)
    {
        var account = await _registrar.AddAccountAsync();
        var spelled = string.Format(System.Globalization.CultureInfo.InvariantCulture, spelling, account.Username);
        await using var device = new SipDevice(_registrar.Options(account.Username, account.Password, digestUsername: spelled));

        Assert.Equal(403, (await device.RegisterAsync(Cancelled)).StatusCode);
    }

    [Fact]
    public async Task An_upper_case_name_is_refused_although_MySQL_finds_the_row()
    {
        var account = await _registrar.AddAccountAsync();
        var upper = account.Username.ToUpperInvariant();
        var ha1 = Ha1(account.Username, account.Password);
        await using var device = new SipDevice(_registrar.Options(upper, "", ha1: ha1));

        Assert.Equal(403, (await device.RegisterAsync(Cancelled)).StatusCode);
    }

    [Theory]
    [InlineData("ha1", "{0}")]
    [InlineData("ha1b", "{0}@sip.neolia.app")]
    [InlineData("ha1b", "{0}@SIP.NEOLIA.APP")]
    public async Task A_row_with_an_empty_digest_lets_nobody_in(string column, string spelling)
    {
        var attacker = await _registrar.AddAccountAsync();
        var victim = await _registrar.AddAccountAsync();
        await _registrar.ExecuteAsync($"update subscriber set {column} = '' where username = @username", ("@username", victim.Username));
        var spelled = string.Format(System.Globalization.CultureInfo.InvariantCulture, spelling, victim.Username);

        // auth_db compares an empty digest with what is left in the worker's memory: the digest of whoever was
        // authenticated last, its first byte ended by the empty one. The others are what a careless server would take
        // an empty digest for.
        var own = Ha1(attacker.Username, attacker.Password);
        byte[] leftOver = [0, .. own[1..]];
        foreach (var guess in (byte[][])[leftOver, own, new byte[32], Ha1(spelled, "")])
        {
            await using var prepare = new SipDevice(_registrar.Options(victim.Username, attacker.Password, digestUsername: attacker.Username));
            await using var device = new SipDevice(_registrar.Options(victim.Username, "", digestUsername: spelled, ha1: guess));
            var challenge = DigestChallenge.Parse((await SendOnceAsync(prepare, challenge: null))["WWW-Authenticate"]!);
            for (var worker = 0; worker < Workers; worker++)
            {
                // Nothing may come between the two: building another challenge overwrites the memory.
                Assert.Equal(403, (await SendOnceAsync(prepare, challenge)).StatusCode);
                Assert.Contains((await SendOnceAsync(device, challenge)).StatusCode, (int[])[401, 403]);
            }
        }
        Assert.Empty(await _registrar.StoredContactsAsync(victim.Username));
    }

    [Fact]
    public async Task A_placeholder_instead_of_a_digest_lets_nobody_in_who_knows_it()
    {
        var placeholder = new string('*', 32);
        var account = await _registrar.AddAccountAsync();
        await _registrar.ExecuteAsync(
            "update subscriber set ha1 = @placeholder where username = @username", ("@placeholder", placeholder), ("@username", account.Username));
        await using var device = new SipDevice(_registrar.Options(account.Username, "", ha1: Encoding.ASCII.GetBytes(placeholder)));

        Assert.Equal(403, (await device.RegisterAsync(Cancelled)).StatusCode);
        Assert.Empty(await _registrar.StoredContactsAsync(account.Username));
    }

    private static Task<SipMessage> SendOnceAsync(SipDevice device, DigestChallenge? challenge) =>
        device.SendOnceAsync("REGISTER", message => message.Add("Contact", $"<{device.ContactUri}>"), challenge, Cancelled);

    // The digest of RFC 2617 that SIP authenticates with: a choice of the protocol.
#pragma warning disable CA5351
    private static byte[] Ha1(string username, string password) =>
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes($"{username}:{Registrar.Domain}:{password}"))));
#pragma warning restore CA5351
}
