using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Neolia.Functions.Doorbells;

namespace Neolia.Functions.Tests.Doorbells;

/// <summary>Secrets that change while the program runs.</summary>
public sealed class DoorbellVerifierTests
{
    private readonly ChangingSecrets _secrets = new();
    private readonly ManualClock _clock = new(DateTimeOffset.UtcNow);
    private readonly DoorbellVerifier _verifier;

    public DoorbellVerifierTests() => _verifier = new DoorbellVerifier(_secrets, _clock);

    [Fact]
    public void A_change_of_the_secret_counts_from_the_next_doorbell_on()
    {
        var (old, next) = (NewSecret(), NewSecret());

        foreach (var (configured, first, second) in (ReadOnlySpan<(string?, DoorbellVerdict, DoorbellVerdict)>)
            [
                (null, DoorbellVerdict.NoSecret, DoorbellVerdict.NoSecret),
                (old, DoorbellVerdict.Genuine, DoorbellVerdict.WrongSignature),
                ($"{old} {next}", DoorbellVerdict.Genuine, DoorbellVerdict.Genuine),
                (next, DoorbellVerdict.WrongSignature, DoorbellVerdict.Genuine),
                (" ", DoorbellVerdict.NoSecret, DoorbellVerdict.NoSecret),
                (next, DoorbellVerdict.WrongSignature, DoorbellVerdict.Genuine),
            ])
        {
            _secrets.Webhook = configured;
            Assert.Equal(first, Ring(old));
            Assert.Equal(second, Ring(next));
        }
    }

    [Theory]
    [InlineData("whsec_")]
    [InlineData("whsec_short")]
    [InlineData("no prefix")]
    public void A_malformed_secret_is_none(string malformed)
    {
        var secret = NewSecret();
        _secrets.Webhook = secret;
        Assert.Equal(DoorbellVerdict.Genuine, Ring(secret));

        _secrets.Webhook = malformed;
        Assert.Equal(DoorbellVerdict.NoSecret, Ring(secret));

        _secrets.Webhook = secret;
        Assert.Equal(DoorbellVerdict.Genuine, Ring(secret));
    }

    [Fact]
    public void A_doorbell_grows_old_by_the_clock()
    {
        var secret = _secrets.Webhook = NewSecret();
        var timestamp = _clock.GetUtcNow().ToUnixTimeSeconds();

        _clock.Advance(TimeSpan.FromSeconds(300));
        Assert.Equal(DoorbellVerdict.Genuine, Ring(secret, timestamp));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(DoorbellVerdict.OutsideTolerance, Ring(secret, timestamp));
    }

    private static string NewSecret() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private DoorbellVerdict Ring(string secret, long? at = null)
    {
        var timestamp = (at ?? _clock.GetUtcNow().ToUnixTimeSeconds()).ToString(CultureInfo.InvariantCulture);
        var signature = HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"msg_1.{timestamp}.{{}}"));
        return _verifier.Verify("msg_1", timestamp, "v1," + Convert.ToBase64String(signature), "{}"u8);
    }
}
