using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack.Sip;
using Neolia.LocalStack.Sip.Calls;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>A flat's devices ring side by side: one answers, the others stop.</summary>
public sealed class RingingTests(CallsFixture fixture) : IClassFixture<CallsFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly Town _town = fixture.NewTown();
    private Guid _flat;
    private SipDevice _station = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var building = await _town.AddBuildingAsync();
        _flat = await _town.AddUnitAsync(building, "401");
        _station = await _town.AddStationAsync(building);
        await _town.SettledAsync();
    }

    [Fact]
    public async Task Nobody_online_is_480()
    {
        await _town.EndsAsync(_station, "401", 480);

        await _town.AddLineAsync(_flat);
        await _town.EndsAsync(_station, "401", 480);
    }

    [Fact]
    public async Task The_first_answer_stops_all_others()
    {
        var panel = await _town.AddDeviceAsync(_flat);
        var first = await _town.AddDeviceAsync(_flat, "mobile", SipTransport.Wss);
        var second = await _town.AddDeviceAsync(_flat, "mobile", SipTransport.Tcp);
        var before = _town.CountCalls();

        var call = _station.Call("401");
        var ringing = await AllRingAsync(call, panel, first, second);
        await ringing[1].AnswerAsync(SessionDescription.SilentAudio, Cancelled);

        Assert.Equal(200, (await call.Final).StatusCode);
        Assert.Equal(ringing[1].Dialog!.Target, _station.ContactUri);
        await ringing[0].Cancelled.WaitAsync(Soon, Cancelled);
        await ringing[2].Cancelled.WaitAsync(Soon, Cancelled);
        await ringing[1].Acknowledged.WaitAsync(Soon, Cancelled);
        Assert.False(ringing[1].Cancelled.IsCompleted);
        Assert.Equal(200, (await ringing[1].HangUpAsync(Cancelled)).StatusCode);
        await _town.OnlyCalledAsync(before, panel, first, second);
    }

    [Fact]
    public async Task Both_contacts_of_one_account_ring()
    {
        var line = await _town.AddLineAsync(_flat, "mobile");
        var phone = await _town.RegisterAsync(line, SipTransport.Ws);
        var tablet = await _town.RegisterAsync(line, SipTransport.Udp);

        await _town.RingsAsync(_station, "401", phone, tablet);
        await _town.RingsAsync(_station, line.Username, phone, tablet);
    }

    [Fact]
    public async Task Whoever_declines_does_not_speak_for_the_others()
    {
        var panel = await _town.AddDeviceAsync(_flat);
        var mobile = await _town.AddDeviceAsync(_flat, "mobile");

        var call = _station.Call("401");
        var ringing = await AllRingAsync(call, panel, mobile);
        await ringing[0].DeclineAsync(603, "Decline", Cancelled);
        await ringing[0].Acknowledged.WaitAsync(Soon, Cancelled);
        await ringing[1].AnswerAsync(SessionDescription.SilentAudio, Cancelled);

        Assert.Equal(200, (await call.Final).StatusCode);
    }

    [Fact]
    public async Task When_all_decline_the_caller_is_told()
    {
        var panel = await _town.AddDeviceAsync(_flat);
        await _town.AddDeviceAsync(_flat, "mobile", whenCalled: CallBehaviour.Busy);

        var call = _station.Call("401");
        var incoming = await call.ReachesAsync(panel);
        await incoming.DeclineAsync(486, "Busy Here", Cancelled);

        Assert.Equal(486, (await call.Final).StatusCode);
    }

    [Theory]
    [InlineData(SipTransport.Tcp)]
    [InlineData(SipTransport.Tls)]
    [InlineData(SipTransport.Ws)]
    [InlineData(SipTransport.Wss)]
    public async Task A_connection_that_is_gone_breaks_nothing(SipTransport transport)
    {
        var line = await _town.AddLineAsync(_flat);
        await using (var gone = new SipDevice(_town.OptionsOf(line.Username, line.Password, transport)))
            Assert.Equal(200, (await gone.RegisterAsync(Cancelled)).StatusCode);

        // At once, not after a time-out.
        var call = _station.Call("401");
        Assert.Equal(480, (await call.Final.WaitAsync(TimeSpan.FromSeconds(4), Cancelled)).StatusCode);

        var mobile = await _town.AddDeviceAsync(_flat, "mobile");
        await _town.RingsAsync(_station, "401", mobile);
        await Eventually.HoldsAsync("its contact is gone", async () => await line.Account.CountContactsAsync(_town.Stack) == 0);
    }

    [Fact]
    public async Task A_device_that_comes_back_finds_room()
    {
        var line = await _town.AddLineAsync(_flat, "mobile");
        for (var tab = 0; tab < 5; tab++)
            await using (var closed = new SipDevice(_town.OptionsOf(line.Username, line.Password, SipTransport.Wss)))
                Assert.Equal(200, (await closed.RegisterAsync(Cancelled)).StatusCode);

        var open = await _town.RegisterAsync(line, SipTransport.Wss);

        await _town.RingsAsync(_station, "401", open);
    }

    [Fact]
    public async Task A_device_that_has_vanished_holds_up_nobody()
    {
        await _town.AddDeviceAsync(_flat, whenCalled: CallBehaviour.StaySilent);
        var mobile = await _town.AddDeviceAsync(_flat, "mobile");

        var call = _station.Call("401");
        var incoming = await call.ReachesAsync(mobile);
        await incoming.AnswerAsync(SessionDescription.SilentAudio, Cancelled);

        Assert.Equal(200, (await call.Final.WaitAsync(TimeSpan.FromSeconds(4), Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Nobody_but_a_vanished_device_is_480()
    {
        await _town.AddDeviceAsync(_flat, whenCalled: CallBehaviour.StaySilent);

        Assert.Equal(480, (await _station.Call("401").Final).StatusCode);
    }

    [Fact]
    public async Task A_caller_who_gives_up_ends_the_ringing_everywhere()
    {
        var panel = await _town.AddDeviceAsync(_flat);
        var mobile = await _town.AddDeviceAsync(_flat, "mobile", SipTransport.Wss);

        await _town.RingsAsync(_station, "401", panel, mobile);

        // Nothing of it is left: the next call rings.
        await _town.RingsAsync(_station, "401", panel, mobile);
    }

    private static async Task<IReadOnlyList<IncomingCall>> AllRingAsync(OutgoingCall call, params SipDevice[] devices)
    {
        var ringing = new List<IncomingCall>();
        foreach (var device in devices)
            ringing.Add(await call.ReachesAsync(device));
        return ringing;
    }

    public ValueTask DisposeAsync() => _town.DisposeAsync();
}
