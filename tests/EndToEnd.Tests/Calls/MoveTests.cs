using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>What the dashboard changes is true at the next call, without any device registering again.</summary>
public sealed class MoveTests(CallsFixture fixture) : IClassFixture<CallsFixture>, IAsyncLifetime
{
    private readonly Town _town = fixture.NewTown();
    private Guid _building;
    private Guid _flat;
    private Guid _siteElsewhere;
    private Guid _buildingElsewhere;
    private SipDevice _panel = null!;
    private SipDevice _station = null!;
    private SipDevice _stationElsewhere = null!;

    public async ValueTask InitializeAsync()
    {
        var house = await _town.AddHouseAsync();
        (_building, _flat, _panel, _station) = (house.Building, house.Flat, house.Panel, house.Station);
        _siteElsewhere = await _town.AddSiteAsync();
        _buildingElsewhere = await _town.AddBuildingAsync(_siteElsewhere);
        _stationElsewhere = await _town.AddStationAsync(_buildingElsewhere);
        await _town.SettledAsync();
        await _town.RingsAsync(_station, "401", _panel);
        await _town.EndsAsync(_stationElsewhere, _panel.Address, 403);
    }

    [Fact]
    public async Task A_flat_moves_to_another_site()
    {
        await ChangeAsync("units", _flat, new { building_id = _buildingElsewhere });

        await _town.RingsAsync(_stationElsewhere, "401", _panel);
        await _town.EndsAsync(_station, "401", 404);
        await _town.EndsAsync(_station, _panel.Address, 403);
    }

    [Fact]
    public async Task A_building_moves_to_another_site()
    {
        await ChangeAsync("buildings", _building, new { site_id = _siteElsewhere });

        await _town.RingsAsync(_station, "401", _panel);
        await _town.RingsAsync(_stationElsewhere, "401", _panel);
        await _town.RingsAsync(_stationElsewhere, _panel.Address, _panel);
    }

    [Fact]
    public async Task A_flat_gets_another_number()
    {
        await ChangeAsync("units", _flat, new { number = "501" });

        await _town.RingsAsync(_station, "501", _panel);
        await _town.EndsAsync(_station, "401", 404);
    }

    [Fact]
    public async Task A_device_moves_to_another_flat()
    {
        var other = await _town.AddUnitAsync(_building, "402");
        var line = await _town.AddLineAsync(_flat, "mobile");
        var mobile = await _town.RegisterAsync(line);
        await ChangeAsync("sip_accounts", line.Account.Id, new { unit_id = other });

        await _town.RingsAsync(_station, "401", _panel);
        await _town.RingsAsync(_station, "402", mobile);
    }

    [Fact]
    public async Task A_rule_appears_changes_and_goes()
    {
        var rule = await _town.AddRuleAsync(_flat, "reject");
        await _town.SettledAsync();
        await _town.EndsAsync(_station, "401", 603);

        await ChangeAsync("call_rules", rule, new { enabled = false });
        await _town.RingsAsync(_station, "401", _panel);

        await ChangeAsync("call_rules", rule, new { enabled = true, action = "ring" });
        await _town.RingsAsync(_stationElsewhere, _panel.Address, _panel);

        await _town.Dashboard.DeleteAsync("call_rules", rule);
        await _town.SettledAsync();
        await _town.EndsAsync(_stationElsewhere, _panel.Address, 403);
    }

    private async Task ChangeAsync(string table, Guid id, object columns)
    {
        await _town.Dashboard.UpdateAsync(table, id, columns);
        await _town.SettledAsync();
    }

    public ValueTask DisposeAsync() => _town.DisposeAsync();
}
