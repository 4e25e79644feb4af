using System.Diagnostics;
using Neolia.EndToEnd.Tests.Http;
using Neolia.EndToEnd.Tests.Stacks;
using Neolia.LocalStack.Media;
using Neolia.LocalStack.Sip;
using Neolia.LocalStack.Sip.Calls;

namespace Neolia.EndToEnd.Tests.Browser;

/// <summary>The real client: headless Chromium with JsSIP over WSS, with what the app issued, and a real rtpengine.</summary>
public sealed class BrowserTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    // A second and a half of sound; a beep of the fake microphone comes every second.
    private const int Enough = 75;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_answers_a_station_and_both_hear_each_other()
    {
        await using var flat = await Flat.MoveInAsync(fixture);
        await using var visitor = new RtpParty();
        var call = flat.Station.Call($"sip:401@{flat.Mobile.Domain}", visitor.Sdp);

        await AnsweredAsync(call, visitor);
        await flat.Phone.ExpectAsync("confirmed", Cancelled);
        await TheyTalkAsync(flat.Phone, visitor);

        await flat.Phone.HangUpAsync(Cancelled);
        await call.Ended.WaitAsync(Cancelled);
    }

    [Fact]
    public async Task It_calls_a_station_and_both_hear_each_other()
    {
        await using var flat = await Flat.MoveInAsync(fixture);
        await using var door = new RtpParty();
        await flat.Phone.CallAsync(flat.Station.Address, Cancelled);
        var call = await flat.Station.IncomingCallAsync(Cancelled);
        Assert.DoesNotContain("ice-", call.Offer, StringComparison.Ordinal);
        Assert.DoesNotContain("SAVP", call.Offer, StringComparison.Ordinal);

        door.StartSending(RtpParty.MediaOf(call.Offer));
        await call.AnswerAsync(door.Sdp, Cancelled);
        await flat.Phone.ExpectAsync("confirmed", Cancelled);
        await TheyTalkAsync(flat.Phone, door);

        await call.HangUpAsync(Cancelled);
        await flat.Phone.ExpectAsync("ended", Cancelled);
    }

    [Fact]
    public async Task It_takes_the_call_while_a_plain_panel_rings_beside_it()
    {
        await using var flat = await Flat.MoveInAsync(fixture);
        var panel = await flat.AddPanelAsync();
        await using var visitor = new RtpParty();
        var call = flat.Station.Call($"sip:401@{flat.Mobile.Domain}", visitor.Sdp);
        var atPanel = await panel.IncomingCallAsync(Cancelled);

        await AnsweredAsync(call, visitor);
        await atPanel.Cancelled.WaitAsync(Cancelled);
        await TheyTalkAsync(flat.Phone, visitor);
    }

    [Fact]
    public async Task A_plain_panel_takes_the_call_while_it_rings()
    {
        await using var flat = await Flat.MoveInAsync(fixture, answersCalls: false);
        var panel = await flat.AddPanelAsync();
        await using var visitor = new RtpParty();
        await using var resident = new RtpParty();
        var call = flat.Station.Call($"sip:401@{flat.Mobile.Domain}", visitor.Sdp);
        await flat.Phone.ExpectAsync("call", Cancelled);
        var atPanel = await panel.IncomingCallAsync(Cancelled);

        resident.StartSending(RtpParty.MediaOf(atPanel.Offer));
        await atPanel.AnswerAsync(resident.Sdp, Cancelled);

        await AnsweredAsync(call, visitor);
        await Poll.UntilAsync(() => visitor.Received >= Enough && resident.Received >= Enough, "both have heard the other one");
        Assert.True(visitor.Loudest > 1_000 && resident.Loudest > 1_000);
        Assert.Equal("remote", (await flat.Phone.ExpectAsync("failed", Cancelled)).Originator);
    }

    [Fact]
    public async Task It_is_cut_off_when_its_account_is_deleted()
    {
        await using var flat = await Flat.MoveInAsync(fixture);
        Assert.Equal(1, await flat.Mobile.CountContactsAsync(fixture.Stack));

        Assert.True((await flat.DeleteMobileAsync())["success"].GetBoolean());

        Assert.Equal(0, await flat.Mobile.CountContactsAsync(fixture.Stack));
        Assert.Equal(480, (await flat.Station.Call($"sip:401@{flat.Mobile.Domain}").Final).StatusCode);
        Assert.Equal(404, (await flat.Station.Call($"sip:{flat.Mobile.Username}@{flat.Mobile.Domain}").Final).StatusCode);
        await flat.Phone.RefreshAsync(Cancelled);
        Assert.Equal(401, (await flat.Phone.ExpectAsync("registrationFailed", Cancelled)).Status);
        Assert.Equal(0, await flat.Mobile.CountContactsAsync(fixture.Stack));
    }

    private static async Task AnsweredAsync(OutgoingCall call, RtpParty caller)
    {
        var answer = await call.Final;
        Assert.True(answer.StatusCode == 200, answer.StartLine);
        caller.StartSending(RtpParty.MediaOf(answer.Body));
    }

    private static async Task TheyTalkAsync(BrowserPhone phone, RtpParty party)
    {
        var sound = await phone.SoundAsync(Cancelled);
        for (var waited = Stopwatch.StartNew(); party.Received < Enough || sound.Received < Enough; sound = await phone.SoundAsync(Cancelled))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(20), $"The browser counts {sound}, the other side got {party.Received} packets.\n{phone.Log}");
            await Task.Delay(50, Cancelled);
        }

        Assert.Equal(("audio/PCMU", "connected"), (sound.Codec, sound.Dtls));
        Assert.True(sound.Energy > 0.001, $"The browser got {sound.Received} packets of silence.");
        Assert.True(party.Loudest > 1_000, $"The other side got {party.Received} packets of silence.");
    }
}
