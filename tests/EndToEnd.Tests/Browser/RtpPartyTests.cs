using System.Net;
using System.Net.Sockets;
using Neolia.EndToEnd.Tests.Stacks;
using Neolia.LocalStack.Media;

namespace Neolia.EndToEnd.Tests.Browser;

/// <summary>What the tests count with must itself count right.</summary>
public sealed class RtpPartyTests
{
    [Fact]
    public async Task A_party_hears_the_tone_of_the_other_one_and_nothing_before()
    {
        await using var silent = new RtpParty();
        await using var playing = new RtpParty();
        Assert.Equal(0, silent.Loudest);

        playing.StartSending(RtpParty.MediaOf(silent.Sdp));

        await Poll.UntilAsync(() => silent.Received >= 10, "ten packets have come");
        Assert.InRange(silent.Loudest, 11_000, 13_000);
        Assert.Equal(0, playing.Received);
    }

    [Fact]
    public async Task What_is_not_its_sound_is_not_counted()
    {
        await using var party = new RtpParty();
        using var stranger = new UdpClient();
        var opus = new byte[60];
        (opus[0], opus[1]) = (0x80, 111);
        await stranger.SendAsync(opus, new IPEndPoint(IPAddress.Loopback, party.Port), TestContext.Current.CancellationToken);
        await stranger.SendAsync("junk"u8.ToArray(), new IPEndPoint(IPAddress.Loopback, party.Port), TestContext.Current.CancellationToken);
        await using var playing = new RtpParty();

        playing.StartSending(new IPEndPoint(IPAddress.Loopback, party.Port));

        await Poll.UntilAsync(() => party.Received > 0, "sound has come");
        Assert.True(party.Received <= playing.Sent);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(-900)]
    [InlineData(12_000)]
    [InlineData(short.MaxValue)]
    [InlineData(short.MinValue)]
    public void A_sample_survives_its_coding_to_a_sixteenth(int sample) =>
        Assert.InRange(G711.Decode(G711.Encode((short)sample)) - sample, -8 - Math.Abs(sample) / 16, 8 + Math.Abs(sample) / 16);
}
