using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack.Sip;
using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>Every way to reach Kamailio keeps the same door, and a call finds its way over each, in both directions.</summary>
public sealed class TransportTests(CallsFixture fixture) : IClassFixture<CallsFixture>, IAsyncDisposable
{
    private readonly Town _town = fixture.NewTown();

    public static TheoryData<SipTransport> Transports => [.. Enum.GetValues<SipTransport>()];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Only_the_right_password_registers(SipTransport transport)
    {
        var unit = await _town.AddUnitAsync(await _town.AddBuildingAsync());
        var line = await _town.AddLineAsync(unit);
        var neighbour = await _town.AddLineAsync(unit, "mobile");

        Assert.Equal(401, await RegisterAsync(Secrets.NewPassword()));
        Assert.Equal(401, await RegisterAsync(""));
        Assert.Equal(401, await RegisterAsync(neighbour.Password));
        Assert.Equal(403, (await _town.Device(line.Username, neighbour.Password, transport, digestUsername: neighbour.Username).RegisterAsync(Cancelled)).StatusCode);
        Assert.Equal(401, (await _town.Device($"nobody-{_town.Tag}", "", transport).RegisterAsync(Cancelled)).StatusCode);
        Assert.Equal(0, await line.Account.CountContactsAsync(_town.Stack));

        Assert.Equal(200, await RegisterAsync(line.Password));
        Assert.Equal(1, await line.Account.CountContactsAsync(_town.Stack));
        Assert.Equal(0, await neighbour.Account.CountContactsAsync(_town.Stack));

        async Task<int> RegisterAsync(string password) =>
            (await _town.Device(line, transport, password: password).RegisterAsync(Cancelled)).StatusCode;
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_device_leaves_by_itself(SipTransport transport)
    {
        var line = await _town.AddLineAsync(await _town.AddUnitAsync(await _town.AddBuildingAsync()));
        var device = await _town.RegisterAsync(line, transport);

        Assert.Equal(200, (await device.RegisterAsync(Cancelled)).StatusCode);
        Assert.Equal(1, await line.Account.CountContactsAsync(_town.Stack));
        Assert.Equal(200, (await device.UnregisterAsync(Cancelled)).StatusCode);

        Assert.Equal(0, await line.Account.CountContactsAsync(_town.Stack));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_station_calls_it_and_either_side_hangs_up(SipTransport transport)
    {
        var house = await _town.AddHouseAsync(panel: transport);
        await _town.SettledAsync();

        await TalkAsync(house.Station, house.Panel, callerHangsUp: true);
        await TalkAsync(house.Station, house.Panel, callerHangsUp: false);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task It_calls_a_panel_and_either_side_hangs_up(SipTransport transport)
    {
        var house = await _town.AddHouseAsync();
        var mobile = await _town.AddDeviceAsync(await _town.AddUnitAsync(house.Building, "402"), "mobile", transport);
        await _town.SettledAsync();

        await TalkAsync(mobile, house.Panel, callerHangsUp: true);
        await TalkAsync(mobile, house.Panel, callerHangsUp: false);
    }

    [Fact]
    public async Task A_certificate_of_somebody_else_is_not_taken()
    {
        // The client verifies: otherwise the tests above would say nothing about TLS.
        var line = await _town.AddLineAsync(await _town.AddUnitAsync(await _town.AddBuildingAsync()));
        await using var device = new SipDevice(_town.OptionsOf(line.Username, line.Password, SipTransport.Tls, tlsServerName: "elsewhere.example.org"));

        await Assert.ThrowsAsync<System.Security.Authentication.AuthenticationException>(() => device.RegisterAsync(Cancelled));
    }

    private static async Task TalkAsync(SipDevice caller, SipDevice called, bool callerHangsUp)
    {
        var offer = $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns={Guid.NewGuid():N}\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\n";
        var answer = offer.Replace("s=", "s=answer-", StringComparison.Ordinal);
        var call = caller.Call("401", offer);
        var incoming = await call.ReachesAsync(called);
        Assert.Equal(offer, incoming.Offer);
        Assert.Equal(caller.Address, incoming.Caller);
        await incoming.AnswerAsync(answer, Cancelled);
        var final = await call.Final;
        Assert.Equal(200, final.StatusCode);
        Assert.Equal(answer, final.Body);
        await incoming.Acknowledged.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);

        if (callerHangsUp)
        {
            Assert.Equal(200, (await call.HangUpAsync(Cancelled)).StatusCode);
            await incoming.Ended.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
        }
        else
        {
            Assert.Equal(200, (await incoming.HangUpAsync(Cancelled)).StatusCode);
            await call.Ended.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
        }
    }

    public ValueTask DisposeAsync() => _town.DisposeAsync();
}
