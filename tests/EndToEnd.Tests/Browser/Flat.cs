using System.Net;
using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack.Media;
using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Browser;

/// <summary>Flat 401 with a mobile that is a browser, and the station at its building's door; all made in the dashboard.</summary>
internal sealed class Flat : IAsyncDisposable
{
    private readonly BrowserFixture _fixture;
    private readonly Dashboard _dashboard;
    private readonly Guid _unit;
    private readonly List<IAsyncDisposable> _devices = [];

    private Flat(BrowserFixture fixture, Dashboard dashboard, Guid unit)
    {
        _fixture = fixture;
        _dashboard = dashboard;
        _unit = unit;
    }

    public SipAccount Mobile { get; private set; } = null!;

    public BrowserPhone Phone { get; private set; } = null!;

    public SipDevice Station { get; private set; } = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <param name="answersCalls">False: the browser rings and nobody comes.</param>
    public static async Task<Flat> MoveInAsync(BrowserFixture fixture, bool answersCalls = true)
    {
        var dashboard = await Dashboard.SignInAsync(fixture.Stack);
        var site = await dashboard.InsertAsync("sites", new { name = "Les Tilleuls", address = "1 rue des Tilleuls", type = "building", timezone = "Europe/Paris" });
        var building = (await dashboard.InsertAsync("buildings", new { site_id = site.GetProperty("id").GetGuid(), name = "A" })).GetProperty("id").GetGuid();
        var door = await dashboard.InsertAsync("units", new { building_id = building, number = "porte" });
        var unit = await dashboard.InsertAsync("units", new { building_id = building, number = "401" });
        var flat = new Flat(fixture, dashboard, unit.GetProperty("id").GetGuid());
        flat.Station = await flat.AddDeviceAsync(door.GetProperty("id").GetGuid(), "station");
        await flat.OpenPhoneAsync(answersCalls);
        return flat;
    }

    /// <summary>A plain panel in the flat, registered over UDP.</summary>
    public Task<SipDevice> AddPanelAsync() => AddDeviceAsync(_unit, "panel");

    public Task<Answer> DeleteMobileAsync() => _dashboard.DeleteAccountAsync(Mobile);

    public async ValueTask DisposeAsync()
    {
        foreach (var device in _devices)
            await device.DisposeAsync();
        _dashboard.Dispose();
    }

    private async Task OpenPhoneAsync(bool answersCalls)
    {
        Mobile = await AddAccountAsync(_unit, "mobile");
        var issued = (await _dashboard.CreateAccountAsync(Mobile))["credentials"];
        var wsServers = new Uri(issued.GetProperty("wsServers").GetString()!);
        Phone = await _fixture.OpenPhoneAsync(wsServers);
        _devices.Add(Phone);
        await Phone.StartAsync(
            issued.GetProperty("uri").GetString()!, issued.GetProperty("password").GetString()!, wsServers, Cancelled, answersCalls);
        await Phone.ExpectAsync("registered", Cancelled);
    }

    private async Task<SipDevice> AddDeviceAsync(Guid unit, string type)
    {
        var account = await AddAccountAsync(unit, type);
        var device = new SipDevice(new SipDeviceOptions
        {
            Server = new IPEndPoint(IPAddress.Loopback, _fixture.Kamailio.UdpPort),
            Username = account.Username,
            Domain = account.Domain,
            Password = await _dashboard.IssueAsync(account),
        });
        _devices.Add(device);
        Assert.Equal(200, (await device.RegisterAsync(Cancelled)).StatusCode);
        return device;
    }

    private async Task<SipAccount> AddAccountAsync(Guid unit, string type) =>
        SipAccount.Of(await _dashboard.InsertAsync("sip_accounts", new { unit_id = unit, type }));
}
