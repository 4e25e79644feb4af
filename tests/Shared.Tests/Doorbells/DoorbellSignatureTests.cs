using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Neolia.Functions.Doorbells;

namespace Neolia.Functions.Tests.Doorbells;

public sealed class DoorbellSignatureTests
{
    private const long Now = 1_700_000_000;
    private const string Id = "msg_1";
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"table":"sip_accounts","é":1}""");
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly byte[] OtherKey = RandomNumberGenerator.GetBytes(24);

    [Fact]
    public void Signature_made_by_another_program_is_genuine()
    {
        // Python: hmac.new(bytes(range(32)), b'msg_1.1700000000.{"table":"sip_accounts","\xc3\xa9":1}', 'sha256')
        Assert.Equal(DoorbellVerdict.Genuine, Verify(signatures: "v1,t7uQofiq/kKGd7F8+1TUHoo4nJDhIdLVyiizzZ0DpHk="));
    }

    public static TheoryData<string, string?, DoorbellVerdict> Signatures => new()
    {
        { "one", Sign(Key), DoorbellVerdict.Genuine },
        { "another first", $"{Sign(OtherKey)} {Sign(Key)}", DoorbellVerdict.Genuine },
        { "another last", $"{Sign(Key)} {Sign(OtherKey)}", DoorbellVerdict.Genuine },
        { "an unknown version first", $"v1a,abc {Sign(Key)}", DoorbellVerdict.Genuine },
        { "blanks around", $"  {Sign(Key)}  ", DoorbellVerdict.Genuine },
        { "another secret's", Sign(OtherKey), DoorbellVerdict.WrongSignature },
        { "another body's", Sign(Key, body: "{}"), DoorbellVerdict.WrongSignature },
        { "another id's", Sign(Key, id: "msg_2"), DoorbellVerdict.WrongSignature },
        { "another time's", Sign(Key, timestamp: Now + 1), DoorbellVerdict.WrongSignature },
        { "without a version", Sign(Key)[3..], DoorbellVerdict.WrongSignature },
        { "of another version", "v2" + Sign(Key)[2..], DoorbellVerdict.WrongSignature },
        { "of a version in capitals", "V1" + Sign(Key)[2..], DoorbellVerdict.WrongSignature },
        { "cut", Sign(Key)[..^8], DoorbellVerdict.WrongSignature },
        { "too long", "v1," + Convert.ToBase64String([.. Convert.FromBase64String(Sign(Key)[3..]), 0]), DoorbellVerdict.WrongSignature },
        { "much too long", "v1," + new string('A', 4000), DoorbellVerdict.WrongSignature },
        { "not base64", "v1,!!!!", DoorbellVerdict.WrongSignature },
        { "empty after the version", "v1,", DoorbellVerdict.WrongSignature },
        { "only blanks", "   ", DoorbellVerdict.WrongSignature },
        { "empty", "", DoorbellVerdict.MissingHeaders },
        { "missing", null, DoorbellVerdict.MissingHeaders },
    };

    [Theory]
    [MemberData(nameof(Signatures))]
    public void Signature_is_judged(string what, string? signatures, DoorbellVerdict verdict)
    {
        Assert.NotEmpty(what);
        Assert.Equal(verdict, Verify(signatures: signatures));
    }

    [Theory]
    [InlineData(-300, DoorbellVerdict.Genuine)]
    [InlineData(300, DoorbellVerdict.Genuine)]
    [InlineData(-301, DoorbellVerdict.OutsideTolerance)]
    [InlineData(301, DoorbellVerdict.OutsideTolerance)]
    public void Message_is_300_seconds_old_or_early_at_most(long seconds, DoorbellVerdict verdict) =>
        Assert.Equal(verdict, Verify(timestamp: (Now + seconds).ToString(CultureInfo.InvariantCulture), signatures: Sign(Key, timestamp: Now + seconds)));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void Missing_headers_are_told_apart(string? missing)
    {
        Assert.Equal(DoorbellVerdict.MissingHeaders, Verify(id: missing));
        Assert.Equal(DoorbellVerdict.MissingHeaders, Verify(timestamp: missing));
    }

    [Theory]
    [InlineData("now")]
    [InlineData("1700000000.0")]
    [InlineData("-1700000000")]
    [InlineData("+1700000000")]
    [InlineData(" 1700000000")]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775808")]
    [InlineData("0")]
    public void Timestamp_that_is_no_second_of_now_is_outside_tolerance(string timestamp) =>
        Assert.Equal(DoorbellVerdict.OutsideTolerance, Verify(timestamp: timestamp));

    [Fact]
    public void Either_secret_is_valid_while_they_are_being_changed()
    {
        Assert.Equal(DoorbellVerdict.Genuine, Verify(signatures: Sign(Key), keys: [OtherKey, Key]));
        Assert.Equal(DoorbellVerdict.Genuine, Verify(signatures: Sign(OtherKey), keys: [OtherKey, Key]));
    }

    [Fact]
    public void Nothing_is_genuine_without_a_secret() => Assert.Equal(DoorbellVerdict.NoSecret, Verify(keys: []));

    [Fact]
    public void Secrets_are_read_from_their_text()
    {
        var text = $" whsec_{Convert.ToBase64String(Key)}  whsec_{Convert.ToBase64String(OtherKey)} ";

        Assert.Equal([Key, OtherKey], DoorbellSignature.ParseSecrets(text));
        Assert.Empty(DoorbellSignature.ParseSecrets(null));
        Assert.Empty(DoorbellSignature.ParseSecrets(" "));
    }

    [Theory]
    [InlineData("", 32)]
    [InlineData("whsec", 32)]
    [InlineData("WHSEC_", 32)]
    [InlineData("whsec_", 23)]
    [InlineData("whsec_", 65)]
    [InlineData("whsec_", 500)]
    [InlineData("whsec_!", 32)]
    public void Secret_of_another_form_is_refused_without_repeating_it(string prefix, int bytes)
    {
        var secret = prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes));

        var refused = Assert.Throws<FormatException>(() => DoorbellSignature.ParseSecrets(secret));

        Assert.DoesNotContain(secret, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(64)]
    public void Secret_has_24_to_64_bytes(int bytes) =>
        Assert.Equal(bytes, Assert.Single(DoorbellSignature.ParseSecrets("whsec_" + Convert.ToBase64String(new byte[bytes]))).Length);

    private static DoorbellVerdict Verify(string? id = Id, string? timestamp = "1700000000", string? signatures = "v1,x", IReadOnlyList<byte[]>? keys = null) =>
        new DoorbellSignature(keys ?? [Key], new ManualClock(DateTimeOffset.FromUnixTimeSeconds(Now))).Verify(id, timestamp, signatures, Body);

    private static string Sign(byte[] key, string id = Id, long timestamp = Now, string? body = null)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body is null ? Body : Encoding.UTF8.GetBytes(body)];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed));
    }
}
