using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Neolia.Functions.Credentials;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Tests.Credentials;

public sealed class DigestsTests
{
    [Fact]
    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "The RFC's own example is checked.")]
    public void Ha1_gives_the_response_of_the_example_in_RFC_2617_section_3_5()
    {
        var ha1 = Digests.Of(new SipName("Mufasa", "testrealm@host.com"), "Circle Of Life").Ha1;

        var ha2 = Md5("GET:/dir/index.html");
        Assert.Equal("6629fae49393a05397450978507c4ef1", Md5($"{ha1}:dcd98b7102dd2f0e8b11d0f600bfb0c093:00000001:0a4f113b:auth:{ha2}"));

        static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
    }

    // Computed by another program: printf 'user:realm:password' | md5sum, and 'user@domain:realm:password'.
    [Theory]
    [InlineData("alice", "example.com", "open sesame", "7a6f498f50d864f4c4b7a4ab9d3f878c", "87c6e3286a6d51d540ca5e5fdb20e94d")]
    [InlineData("panel401-abc234", "sip.neolia.app", "P4ss_wörd.~", "929da4b7adb2a6d1a198b02d9dc75e3e", "12753012027dc5fe544c81b9e717930e")]
    public void Both_digests_are_those_of_another_program(string username, string domain, string password, string ha1, string ha1b) =>
        Assert.Equal(new Digests(ha1, ha1b), Digests.Of(new SipName(username, domain), password));

    [Fact]
    public void Text_of_digests_does_not_tell_them()
    {
        var digests = Digests.Of(new SipName("alice", "example.com"), "open sesame");

        Assert.DoesNotContain(digests.Ha1, $"{digests}", StringComparison.Ordinal);
        Assert.DoesNotContain(digests.Ha1b, $"{digests}", StringComparison.Ordinal);
    }
}
