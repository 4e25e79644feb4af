using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>Which devices a dialled number or name means.</summary>
public sealed class NumberTests(CallsFixture fixture) : IClassFixture<CallsFixture>, IAsyncDisposable
{
    private readonly Town _town = fixture.NewTown();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_flats_number_rings_its_panels_and_mobiles_and_no_station()
    {
        var building = await _town.AddBuildingAsync();
        var flat = await _town.AddUnitAsync(building, "401");
        var panel = await _town.AddDeviceAsync(flat);
        var mobile = await _town.AddDeviceAsync(flat, "mobile");
        await _town.AddDeviceAsync(flat, "station");
        await _town.AddDeviceAsync(await _town.AddUnitAsync(building, "402"));
        var station = await _town.AddStationAsync(building);
        await _town.SettledAsync();

        await _town.RingsAsync(station, "401", panel, mobile);
    }

    [Fact]
    public async Task A_stations_own_number_rings_nobody()
    {
        var building = await _town.AddBuildingAsync();
        var door = await _town.AddUnitAsync(building, "door");
        await _town.AddDeviceAsync(door, "station");
        var panel = await _town.AddDeviceAsync(await _town.AddUnitAsync(building, "401"));
        await _town.SettledAsync();

        await _town.EndsAsync(panel, "door", 480);
    }

    [Fact]
    public async Task A_name_rings_that_account_only()
    {
        var building = await _town.AddBuildingAsync();
        var flat = await _town.AddUnitAsync(building, "401");
        var panel = await _town.AddDeviceAsync(flat);
        await _town.AddDeviceAsync(flat, "mobile");
        var station = await _town.AddStationAsync(building);
        await _town.SettledAsync();

        await _town.RingsAsync(station, panel.Address, panel);
    }

    [Fact]
    public async Task A_call_to_ones_own_flat_rings_the_others_in_it()
    {
        var flat = await _town.AddUnitAsync(await _town.AddBuildingAsync(), "401");
        var panel = await _town.AddDeviceAsync(flat);
        var mobile = await _town.AddDeviceAsync(flat, "mobile");
        await _town.SettledAsync();

        await _town.RingsAsync(panel, "401", mobile);
        await mobile.UnregisterAsync(Cancelled);
        await _town.EndsAsync(panel, "401", 480);
    }

    [Fact]
    public async Task A_number_in_two_buildings_rings_in_the_callers_own()
    {
        var site = await _town.AddSiteAsync();
        var (stationOfA, panelOfA) = await AddBuildingAsync(site);
        var (stationOfB, panelOfB) = await AddBuildingAsync(site);
        var gate = await _town.AddStationAsync(await _town.AddBuildingAsync(site));
        await _town.SettledAsync();

        await _town.RingsAsync(stationOfA, "401", panelOfA);
        await _town.RingsAsync(stationOfB, "401", panelOfB);

        // From a third building both fit equally well.
        await _town.EndsAsync(gate, "401", 484);
    }

    [Fact]
    public async Task A_number_of_another_building_is_dialled_where_it_is_the_only_one()
    {
        var site = await _town.AddSiteAsync();
        var (_, panel) = await AddBuildingAsync(site);
        var gate = await _town.AddStationAsync(await _town.AddBuildingAsync(site));
        await _town.SettledAsync();

        await _town.RingsAsync(gate, "401", panel);
    }

    [Fact]
    public async Task An_extension_comes_before_a_number_and_stands_for_the_whole_flat()
    {
        var building = await _town.AddBuildingAsync();
        await _town.AddDeviceAsync(await _town.AddUnitAsync(building, "7"));
        var flat = await _town.AddUnitAsync(building, "401");
        var panel = await _town.RegisterAsync(await _town.AddLineAsync(flat, extension: "7"));
        var mobile = await _town.AddDeviceAsync(flat, "mobile");
        var station = await _town.AddStationAsync(building);
        await _town.SettledAsync();

        await _town.RingsAsync(station, "7", panel, mobile);
    }

    [Fact]
    public async Task A_number_next_door_comes_before_an_extension_in_another_building()
    {
        var site = await _town.AddSiteAsync();
        var (station, panel) = await AddBuildingAsync(site);
        var elsewhere = await _town.AddUnitAsync(await _town.AddBuildingAsync(site), "12");
        await _town.RegisterAsync(await _town.AddLineAsync(elsewhere, extension: "401"));
        await _town.SettledAsync();

        await _town.RingsAsync(station, "401", panel);
    }

    [Fact]
    public async Task One_extension_in_two_flats_is_ambiguous_and_in_one_flat_it_is_not()
    {
        var building = await _town.AddBuildingAsync();
        var flat = await _town.AddUnitAsync(building, "401");
        var panel = await _town.RegisterAsync(await _town.AddLineAsync(flat, extension: "7"));
        var mobile = await _town.RegisterAsync(await _town.AddLineAsync(flat, "mobile", extension: "7"));
        var station = await _town.AddStationAsync(building);
        await _town.SettledAsync();
        await _town.RingsAsync(station, "7", panel, mobile);

        await _town.RegisterAsync(await _town.AddLineAsync(await _town.AddUnitAsync(building, "402"), extension: "7"));

        await _town.EndsAsync(station, "7", 484);
        await _town.RingsAsync(station, "401", panel, mobile);
    }

    [Fact]
    public async Task A_disabled_account_does_not_ring_with_its_flat()
    {
        var building = await _town.AddBuildingAsync();
        var flat = await _town.AddUnitAsync(building, "401");
        var line = await _town.AddLineAsync(flat);
        await _town.RegisterAsync(line);
        var mobile = await _town.AddDeviceAsync(flat, "mobile");
        var station = await _town.AddStationAsync(building);
        await _town.Dashboard.UpdateAccountAsync(line.Account, new { enabled = false });
        await _town.SettledAsync();

        await _town.RingsAsync(station, "401", mobile);
        await _town.EndsAsync(station, line.Username, 404);
    }

    private async Task<(SipDevice Station, SipDevice Panel)> AddBuildingAsync(Guid site)
    {
        var building = await _town.AddBuildingAsync(site);
        var panel = await _town.AddDeviceAsync(await _town.AddUnitAsync(building, "401"));
        return (await _town.AddStationAsync(building), panel);
    }

    public ValueTask DisposeAsync() => _town.DisposeAsync();
}
