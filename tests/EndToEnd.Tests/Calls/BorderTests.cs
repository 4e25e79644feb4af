using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack.Sip;
using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>Between sites nothing rings unless the called flat has a rule for it.</summary>
public sealed class BorderTests(CallsFixture fixture) : IClassFixture<CallsFixture>, IAsyncLifetime
{
    private readonly Town _town = fixture.NewTown();
    private Guid _flat;
    private SipDevice _panel = null!;
    private SipDevice _neighbour = null!;
    private SipDevice _stranger = null!;

    public async ValueTask InitializeAsync()
    {
        var house = await _town.AddHouseAsync();
        (_flat, _panel) = (house.Flat, house.Panel);
        _neighbour = await _town.AddDeviceAsync(await _town.AddUnitAsync(house.Building, "402"));
        _stranger = await _town.AddStationAsync(await _town.AddBuildingAsync());
        await _town.SettledAsync();
    }

    [Fact]
    public async Task Neighbours_ring_each_other()
    {
        await _town.RingsAsync(_neighbour, "401", _panel);
        await _town.RingsAsync(_neighbour, _panel.Address, _panel);
    }

    [Fact]
    public async Task A_stranger_is_refused_by_name_and_knows_no_number()
    {
        await _town.EndsAsync(_stranger, _panel.Address, 403);
        await _town.EndsAsync(_stranger, "401", 404);
    }

    [Fact]
    public async Task A_rule_lets_one_stranger_in_and_no_other()
    {
        var other = await _town.AddStationAsync(await _town.AddBuildingAsync());
        await _town.AddRuleAsync(_flat, "ring", pattern: _stranger.Address["sip:".Length..]);
        await _town.SettledAsync();

        await _town.RingsAsync(_stranger, _panel.Address, _panel);
        await _town.EndsAsync(other, _panel.Address, 403);
        await _town.EndsAsync(_stranger, _neighbour.Address, 403);
    }

    [Fact]
    public async Task The_same_number_in_another_site_is_not_meant()
    {
        var elsewhere = await _town.AddHouseAsync();
        await _town.SettledAsync();

        await _town.RingsAsync(elsewhere.Station, "401", elsewhere.Panel);
        await _town.RingsAsync(_neighbour, "401", _panel);
    }

    [Fact]
    public async Task Unknown_numbers_and_names_are_404()
    {
        await _town.EndsAsync(_neighbour, "999", 404);
        await _town.EndsAsync(_neighbour, $"nobody-{_town.Tag}", 404);
    }

    [Theory]
    [InlineData("sip.example.org")]
    [InlineData("127.0.0.1")]
    [InlineData("sip.neolia.app.example.org")]
    public async Task A_foreign_domain_is_not_called(string domain)
    {
        var answer = await _neighbour.Call($"sip:401@{domain}").Final;

        Assert.True(answer.StatusCode is 403 or 404, answer.StartLine);
        Assert.Equal(0, _panel.CallsTo());
    }

    [Fact]
    public async Task A_subscriber_made_by_hand_has_no_site()
    {
        var (username, password) = ($"guest-{_town.Tag}", Secrets.NewPassword());
        await _town.Stack.ExecuteKamailioAsync(
            "insert into subscriber (username, domain, ha1, ha1b) values (@p0, @p1, md5(concat(@p0, ':', @p1, ':', @p2)), md5(concat(@p0, '@', @p1, ':', @p1, ':', @p2)))",
            username, Town.Domain, password);
        var guest = _town.Device(username, password);
        Assert.Equal(200, (await guest.RegisterAsync(TestContext.Current.CancellationToken)).StatusCode);

        await _town.EndsAsync(guest, _panel.Address, 403);
        await _town.EndsAsync(guest, "401", 404);
        await _town.AddRuleAsync(_flat, "ring", pattern: username);
        await _town.SettledAsync();
        await _town.RingsAsync(guest, _panel.Address, _panel);
    }

    public ValueTask DisposeAsync() => _town.DisposeAsync();
}
