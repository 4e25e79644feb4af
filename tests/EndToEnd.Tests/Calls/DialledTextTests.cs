using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>What is dialled is text to compare with, never a pattern and never SQL.</summary>
public sealed class DialledTextTests(CallsFixture fixture) : IClassFixture<CallsFixture>, IAsyncDisposable
{
    private readonly Town _town = fixture.NewTown();

    private static readonly string[] Strange =
    [
        "40_", "4__", "4%25", "%25", "_%25", "4*", "*", "4?1", "40",
        "401'", "'401", "401'--", "'or'1'='1", "401'%20or%20'1'='1", "x'%20union%20select%20'ring','sip:401@sip.neolia.app",
        "+401", "401+", "401%2B", "401%FF", "401%C3", "401%zz", "401%4", "401%", "401%%34", "%", "401%5C", "%5C'or+1=1", "401%22", "%22401%22", "401;select", "401%00", "401%0d%0a", "$au", "$var(x)",
        new string('4', 5000),
    ];

    [Fact]
    public async Task Nothing_but_the_number_rings_the_flat()
    {
        var building = await _town.AddBuildingAsync();
        var panel = await _town.AddDeviceAsync(await _town.AddUnitAsync(building, "401"));
        // Over TCP: the longest one is more than a datagram should carry.
        var station = await _town.RegisterAsync(
            await _town.AddLineAsync(await _town.AddUnitAsync(building, "door"), "station"), SipTransport.Tcp);
        await _town.SettledAsync();

        foreach (var text in Strange)
        {
            // Kamailio's processes remember what they worked on last: it must be something that could ring.
            var call = station.Call("401");
            await call.ReachesAsync(panel);
            await call.CancelAsync(TestContext.Current.CancellationToken);
            Assert.Equal(487, (await call.Final).StatusCode);
            var calls = panel.CallsTo();

            var answer = await station.Call($"sip:{text}@{Town.Domain}").Final;
            Assert.True(answer.StatusCode is 404 or 400 or 414, $"{text} was answered {answer.StartLine}");
            Assert.Equal(calls, panel.CallsTo());
        }
        await _town.RingsAsync(station, "401", panel);
    }

    [Theory]
    [InlineData("12'b")]
    [InlineData("1_2")]
    [InlineData("12*")]
    [InlineData("(12)")]
    [InlineData("*12")]
    [InlineData("12 B", "12%20B")]
    [InlineData("12%", "12%25")]
    [InlineData("12\"", "12%22")]
    [InlineData("12\\", "12%5C")]
    [InlineData("rez-de-chaussée", "rez-de-chauss%C3%A9e")]
    public async Task A_flats_number_may_be_strange(string number, string? dialled = null)
    {
        var building = await _town.AddBuildingAsync();
        var panel = await _town.AddDeviceAsync(await _town.AddUnitAsync(building, number));
        await _town.AddDeviceAsync(await _town.AddUnitAsync(building, "122"));
        await _town.AddDeviceAsync(await _town.AddUnitAsync(building, "12"));
        var station = await _town.AddStationAsync(building);
        await _town.SettledAsync();

        await _town.RingsAsync(station, dialled ?? number, panel);
    }

    [Fact]
    public async Task Numbers_that_no_phone_can_dial_disturb_nobody()
    {
        var house = await _town.AddHouseAsync();
        foreach (var number in (string[])["4%", "%", "_01", "40\\1", "\"401\"", "401' or '1'='1", " 401", "4 01", "４０１"])
            await _town.AddDeviceAsync(await _town.AddUnitAsync(house.Building, number));
        await _town.SettledAsync();

        await _town.RingsAsync(house.Station, "401", house.Panel);
    }

    [Fact]
    public async Task A_name_with_an_underscore_means_itself()
    {
        var building = await _town.AddBuildingAsync();
        var flat = await _town.AddUnitAsync(building, "401");
        var wanted = await _town.RegisterAsync(await _town.AddLineAsync(flat, username: $"a_b{_town.Tag}"));
        await _town.RegisterAsync(await _town.AddLineAsync(flat, username: $"axb{_town.Tag}"));
        var station = await _town.AddStationAsync(building);
        await _town.SettledAsync();

        await _town.RingsAsync(station, $"a_b{_town.Tag}", wanted);
    }

    public ValueTask DisposeAsync() => _town.DisposeAsync();
}
