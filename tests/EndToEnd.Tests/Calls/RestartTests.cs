using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>Kamailio starts again: what does not hang on a connection is as before, the rest comes back with its device.</summary>
[Collection(Outages.Name)]
public sealed class RestartTests(PrivateStackFixture fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Registrations_over_UDP_survive_and_connections_come_back()
    {
        using var dashboard = await Dashboard.SignInAsync(fixture.Stack);
        await using var town = new Town(fixture.Stack, dashboard);
        var house = await town.AddHouseAsync();
        var (flat, panel, station) = (house.Flat, house.Panel, house.Station);
        var mobile = await town.AddLineAsync(flat, "mobile");
        foreach (var transport in (SipTransport[])[SipTransport.Tls, SipTransport.Wss])
            await town.RegisterAsync(mobile, transport);
        var older = await town.AddLineAsync(flat, "mobile");
        foreach (var transport in (SipTransport[])[SipTransport.Tcp, SipTransport.Ws])
            await town.RegisterAsync(older, transport);
        await town.SettledAsync();
        await town.RingsAsync(station, "401", [.. town.Devices.Where(device => device != station)]);
        var connected = town.Devices.Where(device => device != station && device != panel).ToList();

        await (await Outage.OfKamailioAsync(fixture.Stack)).EndAsync();

        foreach (var device in connected)
            await device.Closed.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
        foreach (var line in (Line[])[mobile, older])
            await Eventually.HoldsAsync("contacts of closed connections are gone", async () => await line.Account.CountContactsAsync(fixture.Stack) == 0);
        await town.RingsAsync(station, "401", panel);

        // The contacts that are gone take no place from new ones.
        var back = new List<SipDevice> { panel };
        foreach (var (line, transport) in ((Line, SipTransport)[])
                 [(mobile, SipTransport.Tls), (mobile, SipTransport.Wss), (older, SipTransport.Tcp), (older, SipTransport.Ws)])
            back.Add(await town.RegisterAsync(line, transport));
        await town.RingsAsync(station, "401", [.. back]);
    }
}
