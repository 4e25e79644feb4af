namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>Which devices a dialled number or name means.</summary>
public sealed class NumberTests(CallsFixture fixture) : IClassFixture<CallsFixture>, IAsyncDisposable
{
    private readonly Town _town = fixture.NewTown();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_flats_number_rings_its_panels_and_mobiles_and_no_station()
    {
        var house = await _town.AddHouseAsync();
        var mobile = await _town.AddDeviceAsync(house.Flat, "mobile");
        await _town.AddDeviceAsync(house.Flat, "station");
        await _town.AddDeviceAsync(await _town.AddUnitAsync(house.Building, "402"));
        await _town.SettledAsync();

        await _town.RingsAsync(house.Station, "401", house.Panel, mobile);
    }

    [Fact]
    public async Task A_stations_own_number_rings_nobody()
    {
        var building = await _town.AddBuildingAsync();
        await _town.AddDeviceAsync(await _town.AddUnitAsync(building, "door"), "station");
        var panel = await _town.AddDeviceAsync(await _town.AddUnitAsync(building, "401"));
        await _town.SettledAsync();

        await _town.EndsAsync(panel, "door", 480);
    }

    [Fact]
    public async Task A_name_rings_that_account_only()
    {
        var house = await _town.AddHouseAsync();
        await _town.AddDeviceAsync(house.Flat, "mobile");
        await _town.SettledAsync();

        await _town.RingsAsync(house.Station, house.Panel.Address, house.Panel);
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
        var a = await _town.AddHouseAsync(site);
        var b = await _town.AddHouseAsync(site);
        var gate = await _town.AddStationAsync(await _town.AddBuildingAsync(site));
        await _town.SettledAsync();

        await _town.RingsAsync(a.Station, "401", a.Panel);
        await _town.RingsAsync(b.Station, "401", b.Panel);

        // From a third building both fit equally well.
        await _town.EndsAsync(gate, "401", 484);
    }

    [Fact]
    public async Task A_number_of_another_building_is_dialled_where_it_is_the_only_one()
    {
        var house = await _town.AddHouseAsync();
        var gate = await _town.AddStationAsync(await _town.AddBuildingAsync(house.Site));
        await _town.SettledAsync();

        await _town.RingsAsync(gate, "401", house.Panel);
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
        var house = await _town.AddHouseAsync();
        var elsewhere = await _town.AddUnitAsync(await _town.AddBuildingAsync(house.Site), "12");
        await _town.RegisterAsync(await _town.AddLineAsync(elsewhere, extension: "401"));
        await _town.SettledAsync();

        await _town.RingsAsync(house.Station, "401", house.Panel);
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
        var house = await _town.AddHouseAsync();
        var mobile = await _town.AddDeviceAsync(house.Flat, "mobile");
        await _town.Dashboard.UpdateAccountAsync(house.PanelLine.Account, new { enabled = false });
        await _town.SettledAsync();

        await _town.RingsAsync(house.Station, "401", mobile);
        await _town.EndsAsync(house.Station, house.PanelLine.Username, 404);
    }

    public ValueTask DisposeAsync() => _town.DisposeAsync();
}
