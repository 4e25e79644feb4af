using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>What a call rule of the called flat does with a call.</summary>
public sealed class ActionTests(CallsFixture fixture) : IClassFixture<CallsFixture>, IAsyncLifetime
{
    private readonly Town _town = fixture.NewTown();
    private Guid _flat;
    private Guid _guardsFlat;
    private SipDevice _station = null!;
    private SipDevice _panel = null!;
    private SipDevice _guard = null!;

    public async ValueTask InitializeAsync()
    {
        var house = await _town.AddHouseAsync();
        (_flat, _panel, _station) = (house.Flat, house.Panel, house.Station);
        _guardsFlat = await _town.AddUnitAsync(house.Building, "1");
        _guard = await _town.AddDeviceAsync(_guardsFlat);
    }

    [Fact]
    public async Task Ring_lets_a_stranger_through()
    {
        var stranger = await _town.AddStationAsync(await _town.AddBuildingAsync());
        await RuleAsync("ring");

        await _town.RingsAsync(stranger, _panel.Address, _panel);
    }

    [Fact]
    public async Task Reject_refuses_a_neighbour()
    {
        await RuleAsync("reject");

        await _town.EndsAsync(_station, "401", 603);
        await _town.EndsAsync(_station, _panel.Address, 603);
        await _town.RingsAsync(_panel, "1", _guard);
    }

    [Fact]
    public async Task Forward_rings_another_account_instead()
    {
        await RuleAsync("forward", _guard.Address);

        await _town.RingsAsync(_station, "401", _guard);
    }

    [Fact]
    public async Task Forward_rings_all_devices_of_a_number_of_the_site()
    {
        var mobile = await _town.AddDeviceAsync(_guardsFlat, "mobile");
        await RuleAsync("forward", $"sip:1@{Town.Domain}");

        await _town.RingsAsync(_station, "401", _guard, mobile);
    }

    [Fact]
    public async Task Forward_means_a_number_of_the_called_site_not_of_the_callers()
    {
        var elsewhere = await _town.AddHouseAsync();
        await _town.AddDeviceAsync(await _town.AddUnitAsync(elsewhere.Building, "1"));
        await RuleAsync("forward", $"sip:1@{Town.Domain}");

        await _town.RingsAsync(elsewhere.Station, _panel.Address, _guard);
    }

    [Fact]
    public async Task Where_a_call_was_forwarded_to_no_rule_is_asked_again()
    {
        await RuleAsync("forward", _guard.Address);
        await _town.AddRuleAsync(_guardsFlat, "forward", _panel.Address);
        await _town.SettledAsync();

        await _town.RingsAsync(_station, "401", _guard);
        await _town.RingsAsync(_station, "1", _panel);
    }

    [Fact]
    public async Task Forward_to_nobody_who_is_online_is_480()
    {
        await RuleAsync("forward", _guard.Address);
        await _guard.UnregisterAsync(TestContext.Current.CancellationToken);

        await _town.EndsAsync(_station, "401", 480);
    }

    [Fact]
    public async Task Voicemail_goes_to_the_rules_own_target()
    {
        await RuleAsync("voicemail", _guard.Address);

        await _town.RingsAsync(_station, "401", _guard);
    }

    [Fact]
    public async Task Voicemail_without_any_target_is_480()
    {
        await RuleAsync("voicemail");

        await _town.EndsAsync(_station, "401", 480);
    }

    [Fact]
    public async Task A_disabled_rule_does_nothing()
    {
        await _town.AddRuleAsync(_flat, "reject", priority: 9, enabled: false);
        await _town.SettledAsync();

        await _town.RingsAsync(_station, "401", _panel);
    }

    [Fact]
    public async Task The_highest_priority_that_matches_decides()
    {
        await _town.AddRuleAsync(_flat, "reject", pattern: "*", priority: -5);
        await _town.AddRuleAsync(_flat, "forward", _guard.Address, pattern: StationName, priority: 10);
        await _town.AddRuleAsync(_flat, "reject", pattern: "nobody-*", priority: 20);
        await _town.AddRuleAsync(_flat, "reject", pattern: StationName, priority: 30, enabled: false);
        await _town.AddRuleAsync(_flat, "ring", pattern: StationName, priority: 0);
        await _town.SettledAsync();

        await _town.RingsAsync(_station, "401", _guard);
        await _town.EndsAsync(_guard, "401", 603);
    }

    private string StationName => _station.Address["sip:".Length.._station.Address.IndexOf('@', StringComparison.Ordinal)];

    private async Task RuleAsync(string action, string? target = null)
    {
        await _town.AddRuleAsync(_flat, action, target);
        await _town.SettledAsync();
    }

    public ValueTask DisposeAsync() => _town.DisposeAsync();
}
