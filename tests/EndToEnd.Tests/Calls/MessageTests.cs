using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>MESSAGE goes the way of a call where that would ring; no events are offered.</summary>
public sealed class MessageTests(CallsFixture fixture) : IClassFixture<CallsFixture>, IAsyncLifetime
{
    private readonly Town _town = fixture.NewTown();
    private Guid _flat;
    private SipDevice _panel = null!;
    private SipDevice _mobile = null!;
    private SipDevice _neighbour = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var building = await _town.AddBuildingAsync();
        _flat = await _town.AddUnitAsync(building, "401");
        _panel = await _town.AddDeviceAsync(_flat);
        _mobile = await _town.AddDeviceAsync(_flat, "mobile", SipTransport.Wss);
        _neighbour = await _town.AddDeviceAsync(await _town.AddUnitAsync(building, "402"));
        await _town.SettledAsync();
    }

    [Fact]
    public async Task All_devices_of_the_flat_get_it()
    {
        Assert.Equal(200, (await _neighbour.SendTextAsync("401", "Votre colis est là.", Cancelled)).StatusCode);

        foreach (var device in (SipDevice[])[_panel, _mobile])
        {
            var text = await device.IncomingTextAsync(Cancelled);
            Assert.Equal("Votre colis est là.", text.Body);
            Assert.Contains(_neighbour.Address, text["From"], StringComparison.Ordinal);
        }
        Assert.Empty(_neighbour.Received);
    }

    [Theory]
    [InlineData("reject", 603)]
    [InlineData("forward", 403)]
    [InlineData("voicemail", 480)]
    public async Task What_would_not_ring_is_not_delivered(string action, int status)
    {
        var target = action == "forward" ? "sip:guard@192.0.2.1" : null;
        if (target is not null)
            await _town.AllowTargetAsync(target);
        await _town.AddRuleAsync(_flat, action, target);
        await _town.SettledAsync();

        Assert.Equal(status, (await _neighbour.SendTextAsync("401", "Bonjour", Cancelled)).StatusCode);
        Assert.DoesNotContain(_panel.Received, request => request.Method == "MESSAGE");
    }

    [Fact]
    public async Task Strangers_and_unknown_numbers_are_refused_as_in_a_call()
    {
        var stranger = await _town.AddStationAsync(await _town.AddBuildingAsync());
        await _town.SettledAsync();

        Assert.Equal(403, (await stranger.SendTextAsync(_panel.Address, "Bonjour", Cancelled)).StatusCode);
        Assert.Equal(404, (await _neighbour.SendTextAsync("999", "Bonjour", Cancelled)).StatusCode);
        Assert.Equal(407, (await stranger.SendOnceAsync(stranger.Request("MESSAGE", _panel.Address), Cancelled)).StatusCode);
        Assert.DoesNotContain(_panel.Received, request => request.Method == "MESSAGE");
    }

    [Fact]
    public async Task No_event_is_offered_and_only_accounts_are_told_so()
    {
        Assert.Equal(489, (await _neighbour.SubscribeAsync("401", "presence", Cancelled)).StatusCode);
        Assert.Equal(407, (await _neighbour.SendOnceAsync(_neighbour.Request("SUBSCRIBE", _panel.Address).Add("Event", "presence"), Cancelled)).StatusCode);
        Assert.DoesNotContain(_panel.Received, request => request.Method == "SUBSCRIBE");
    }

    public ValueTask DisposeAsync() => _town.DisposeAsync();
}
