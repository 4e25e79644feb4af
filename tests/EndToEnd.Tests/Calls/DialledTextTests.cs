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
        "401%5C", "%5C'or+1=1", "401%22", "%22401%22", "401;select", "401%00", "401%0d%0a", "$au", "$var(x)",
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
            var answer = await station.Call($"sip:{text}@{Town.Domain}").Final;
            Assert.True(answer.StatusCode is 404 or 400 or 414, $"{text} was answered {answer.StartLine}");
        }
        Assert.Equal(0, panel.CallsTo());
        await _town.RingsAsync(station, "401", panel);
    }

    [Theory]
    [InlineData("12'b")]
    [InlineData("1_2")]
    [InlineData("12*")]
    [InlineData("(12)")]
    [InlineData("*12")]
    public async Task A_flats_number_may_be_strange(string number)
    {
        var building = await _town.AddBuildingAsync();
        var panel = await _town.AddDeviceAsync(await _town.AddUnitAsync(building, number));
        await _town.AddDeviceAsync(await _town.AddUnitAsync(building, "122"));
        await _town.AddDeviceAsync(await _town.AddUnitAsync(building, "12"));
        var station = await _town.AddStationAsync(building);
        await _town.SettledAsync();

        await _town.RingsAsync(station, number, panel);
    }

    [Fact]
    public async Task Numbers_that_no_phone_can_dial_disturb_nobody()
    {
        var building = await _town.AddBuildingAsync();
        var panel = await _town.AddDeviceAsync(await _town.AddUnitAsync(building, "401"));
        foreach (var number in (string[])["4%", "%", "_01", "40\\1", "\"401\"", "401' or '1'='1", " 401", "4 01", "４０１"])
            await _town.AddDeviceAsync(await _town.AddUnitAsync(building, number));
        var station = await _town.AddStationAsync(building);
        await _town.SettledAsync();

        await _town.RingsAsync(station, "401", panel);
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
