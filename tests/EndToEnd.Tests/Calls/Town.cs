using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack;
using Neolia.LocalStack.Kamailio;
using Neolia.LocalStack.Sip;
using Neolia.LocalStack.Sip.Calls;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>
/// What one test makes: sites, buildings, flats, accounts and rules through the dashboard, and devices at Kamailio. It
/// waits for the sync where a test says <see cref="SettledAsync"/>; nothing else writes Kamailio's tables.
/// </summary>
/// <param name="kamailio">Another server than the stack's, over the same database.</param>
internal sealed class Town(Stack stack, Dashboard dashboard, KamailioServer? kamailio = null) : IAsyncDisposable
{
    public const string Domain = "sip.neolia.app";

    private readonly KamailioServer _kamailio = kamailio ?? stack.Kamailio;
    private readonly List<SipDevice> _devices = [];
    private readonly List<Guid> _subjects = [];
    private readonly List<string> _allowed = [];

    /// <summary>Makes names unique among all tests.</summary>
    public string Tag { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));

    public Stack Stack => stack;

    public KamailioServer Kamailio => _kamailio;

    public Dashboard Dashboard => dashboard;

    /// <summary>Every device of this test, in the order of their coming.</summary>
    public IReadOnlyList<SipDevice> Devices => _devices;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public Task<Guid> AddSiteAsync() => InsertAsync("sites", new { name = "Les Tilleuls", type = "building", timezone = "Europe/Paris" });

    public Task<Guid> AddBuildingAsync(Guid site) => InsertAsync("buildings", new { site_id = site, name = "A" });

    /// <summary>A building in a site of its own.</summary>
    public async Task<Guid> AddBuildingAsync() => await AddBuildingAsync(await AddSiteAsync());

    public async Task<Guid> AddUnitAsync(Guid building, string number = "401")
    {
        var unit = await InsertAsync("units", new { building_id = building, number });
        _subjects.Add(unit);
        return unit;
    }

    /// <summary>An account with credentials; it is in Kamailio when this returns.</summary>
    public async Task<Line> AddLineAsync(Guid unit, string type = "panel", string? username = null, string? extension = null)
    {
        var columns = new Dictionary<string, object> { ["unit_id"] = unit, ["type"] = type };
        if (username is not null)
            columns["username"] = username;
        if (extension is not null)
            columns["extension"] = extension;
        var account = SipAccount.Of(await dashboard.InsertAsync("sip_accounts", columns));
        _subjects.Add(account.Id);
        return new Line(account, unit, await dashboard.IssueAsync(account));
    }

    /// <summary>A new account with its device, registered.</summary>
    public async Task<SipDevice> AddDeviceAsync(
        Guid unit, string type = "panel", SipTransport transport = SipTransport.Udp, CallBehaviour whenCalled = CallBehaviour.Ring)
    {
        var line = await AddLineAsync(unit, type);
        return await RegisterAsync(line, transport, whenCalled);
    }

    /// <summary>The outdoor station of a building, with a unit of its own for its door.</summary>
    public async Task<SipDevice> AddStationAsync(Guid building) =>
        await AddDeviceAsync(await AddUnitAsync(building, $"door-{_subjects.Count}"), "station");

    /// <summary>A house, in a site of its own unless one is given.</summary>
    public async Task<House> AddHouseAsync(Guid? site = null, SipTransport panel = SipTransport.Udp)
    {
        var ground = site ?? await AddSiteAsync();
        var building = await AddBuildingAsync(ground);
        var flat = await AddUnitAsync(building, "401");
        var line = await AddLineAsync(flat);
        return new House(ground, building, flat, line, await RegisterAsync(line, panel), await AddStationAsync(building));
    }

    public Task<Guid> AddRuleAsync(
        Guid unit, string action, string? target = null, string pattern = "*", int priority = 0, bool enabled = true) =>
        InsertAsync("call_rules", new { unit_id = unit, name = action, source_pattern = pattern, action, target_sip_uri = target, priority, enabled });

    public async Task<SipDevice> RegisterAsync(
        Line line, SipTransport transport = SipTransport.Udp, CallBehaviour whenCalled = CallBehaviour.Ring)
    {
        var device = Device(line, transport, whenCalled);
        Assert.Equal(200, (await device.RegisterAsync(Cancelled)).StatusCode);
        return device;
    }

    /// <summary>A device of this account that has done nothing yet.</summary>
    public SipDevice Device(
        Line line, SipTransport transport = SipTransport.Udp, CallBehaviour whenCalled = CallBehaviour.Ring, string? password = null) =>
        Add(new SipDevice(OptionsOf(line.Username, password ?? line.Password, transport, whenCalled)));

    /// <summary>A device of anybody's, perhaps from another house (127.0.0.2).</summary>
    public SipDevice Device(
        string username, string password = "", SipTransport transport = SipTransport.Udp, IPAddress? from = null, string? digestUsername = null) =>
        Add(new SipDevice(OptionsOf(username, password, transport, from: from, digestUsername: digestUsername)));

    /// <summary>Where Kamailio listens.</summary>
    public IPEndPoint AddressOf(SipTransport transport) => new(IPAddress.Loopback, transport switch
    {
        SipTransport.Udp => _kamailio.UdpPort,
        SipTransport.Tcp => _kamailio.TcpPort,
        SipTransport.Tls => _kamailio.TlsPort,
        SipTransport.Ws => _kamailio.WsPort,
        _ => _kamailio.WssPort,
    });

    /// <summary>A device that takes part as it is, without this town's doing.</summary>
    public SipDevice Add(SipDevice device)
    {
        _devices.Add(device);
        return device;
    }

    public SipDeviceOptions OptionsOf(
        string username, string password, SipTransport transport = SipTransport.Udp, CallBehaviour whenCalled = CallBehaviour.Ring,
        IPAddress? from = null, int port = 0, string? digestUsername = null, string? tlsServerName = null) =>
        new()
        {
            Server = AddressOf(transport),
            Transport = transport,
            CertificateAuthority = transport is SipTransport.Tls or SipTransport.Wss
                ? X509CertificateLoader.LoadCertificateFromFile(_kamailio.CertificateAuthorityPath)
                : null,
            TlsServerName = tlsServerName,
            Username = username,
            Domain = Domain,
            Password = password,
            DigestUsername = digestUsername,
            LocalAddress = from,
            LocalPort = port,
            WhenCalled = whenCalled,
            RetransmitAfter = TimeSpan.FromMilliseconds(500),
            Timeout = TimeSpan.FromSeconds(10),
        };

    /// <summary>Puts an address on the operator's list, until the test ends.</summary>
    public async Task AllowTargetAsync(string uri)
    {
        _allowed.Add(uri);
        await stack.ExecuteKamailioAsync("insert into neolia_forward_target (uri) values (@p0)", uri);
    }

    public async Task ForbidTargetsAsync()
    {
        foreach (var uri in _allowed)
            await stack.ExecuteKamailioAsync("delete from neolia_forward_target where uri = @p0", uri);
        _allowed.Clear();
    }

    /// <summary>Waits until the doorbell has brought every change of this town to Kamailio.</summary>
    public Task SettledAsync() => Eventually.HoldsAsync(
        "everything of this town is in Kamailio",
        async () => await stack.ReadSupabaseAsync<long>("select count(*) from kamailio_sync.queue where subject_id = any($1)", _subjects.ToArray()) == 0);

    public async ValueTask DisposeAsync()
    {
        foreach (var device in _devices)
            await device.DisposeAsync();
        await ForbidTargetsAsync();
    }

    private async Task<Guid> InsertAsync(string table, object row) => (await dashboard.InsertAsync(table, row)).GetProperty("id").GetGuid();
}
