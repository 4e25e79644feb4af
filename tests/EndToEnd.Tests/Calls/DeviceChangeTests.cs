using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>An account that changes in Supabase while its device is registered: contact gone, no call, no way back in.</summary>
public sealed class DeviceChangeTests(CallsFixture fixture) : IClassFixture<CallsFixture>, IAsyncLifetime
{
    private readonly Town _town = fixture.NewTown();
    private SipDevice _station = null!;
    private Line _line = null!;
    private SipDevice _panel = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var house = await _town.AddHouseAsync(panel: SipTransport.Tcp);
        (_line, _panel, _station) = (house.PanelLine, house.Panel, house.Station);
        await _town.SettledAsync();
        await _town.RingsAsync(_station, "401", _panel);
    }

    [Fact]
    public async Task Deleted()
    {
        await _town.Dashboard.DeleteAccountRowAsync(_line.Account);
        await _town.SettledAsync();

        await IsOutAsync(statusByName: 404, register: 401);
    }

    [Fact]
    public async Task Deleted_with_its_flat()
    {
        await _town.Dashboard.DeleteAsync("units", _line.Unit);
        await _town.SettledAsync();

        await IsOutAsync(statusByName: 404, register: 401, statusByNumber: 404);
    }

    [Fact]
    public async Task Disabled_and_enabled_again()
    {
        await _town.Dashboard.UpdateAccountAsync(_line.Account, new { enabled = false });
        await _town.SettledAsync();
        await IsOutAsync(statusByName: 404, register: 401);

        await _town.Dashboard.UpdateAccountAsync(_line.Account, new { enabled = true });
        await _town.SettledAsync();
        Assert.Equal(200, (await _panel.RegisterAsync(Cancelled)).StatusCode);
        await _town.RingsAsync(_station, "401", _panel);
    }

    [Fact]
    public async Task Renamed()
    {
        var renamed = $"renamed-{_town.Tag}";
        await _town.Dashboard.UpdateAccountAsync(_line.Account, new { username = renamed });
        await _town.SettledAsync();

        await IsOutAsync(statusByName: 404, register: 401);
        await _town.EndsAsync(_station, renamed, 480);
    }

    [Fact]
    public async Task Given_new_credentials()
    {
        var password = await _town.Dashboard.CreateAccountAsync(_line.Account, $"Given-{Guid.NewGuid():N}");
        Assert.True(password["success"].GetBoolean(), password.Text);

        await IsOutAsync(statusByName: 480, register: 401);
    }

    private async Task IsOutAsync(int statusByName, int register, int statusByNumber = 480)
    {
        Assert.Equal(0, await _line.Account.CountContactsAsync(_town.Stack));
        await _town.EndsAsync(_station, "401", statusByNumber);
        await _town.EndsAsync(_station, _line.Username, statusByName);
        Assert.Equal(register, (await _panel.RegisterAsync(Cancelled)).StatusCode);
        Assert.Equal(0, await _line.Account.CountContactsAsync(_town.Stack));

        // Nor does it call anybody.
        Assert.Equal(407, (await _panel.Call("401").Final).StatusCode);
    }

    public ValueTask DisposeAsync() => _town.DisposeAsync();
}
