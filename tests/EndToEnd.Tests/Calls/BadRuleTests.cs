using Neolia.EndToEnd.Tests.Http;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>Rules that can't work are said so in Supabase, and disturb no call: neither their flat's nor another's.</summary>
public sealed class BadRuleTests(CallsFixture fixture) : IClassFixture<CallsFixture>, IAsyncLifetime
{
    private readonly Town _town = fixture.NewTown();
    private House _house = null!;
    private Guid _rule;

    public async ValueTask InitializeAsync()
    {
        _house = await _town.AddHouseAsync();
        _rule = await _town.AddRuleAsync(_house.Flat, "reject", pattern: "somebody-else");
        await _town.SettledAsync();
    }

    [Theory]
    [InlineData("ring", "intercom-.*", null, "looks like a regular expression")]
    [InlineData("ring", "^intercom", null, "looks like a regular expression")]
    [InlineData("ring", "back\\slash", null, "looks like a regular expression")]
    [InlineData("ring", "", null, "has no pattern")]
    [InlineData("ring", null, null, "255 are the most")]
    [InlineData("forward", "*", null, "has no target")]
    [InlineData("forward", "*", "guard@sip.neolia.app", "is no SIP address")]
    [InlineData("forward", "*", "sip:guard@sip.neolia.app;transport=tcp", "is no SIP address")]
    [InlineData("voicemail", "*", "https://voicemail.example.org", "is no SIP address")]
    public async Task A_rule_that_can_not_work_is_refused_at_once(string action, string? pattern, string? target, string why)
    {
        var row = new { unit_id = _house.Flat, name = "bad", source_pattern = pattern ?? new string('a', 10_000), action, target_sip_uri = target };

        var answer = await _town.Dashboard.TryInsertAsync("call_rules", row);

        // @supabase/lite doesn't know this error's class and answers 500, where PostgREST answers 400.
        Assert.True(answer.Status >= 400, answer.Text);
        Assert.Contains(why, answer["message"].GetString(), StringComparison.Ordinal);
        await _town.RingsAsync(_house.Station, "401", _house.Panel);
    }

    [Fact]
    public async Task A_forward_to_a_foreign_domain_fails_its_flat_alone_and_keeps_what_was_applied()
    {
        var neighbours = await _town.AddUnitAsync(_house.Building, "402");
        var neighbour = await _town.AddDeviceAsync(neighbours);
        var foreign = _town.Device("guard").ContactUri;

        await _town.AddRuleAsync(_house.Flat, "forward", foreign, priority: 1);
        await _town.AddRuleAsync(neighbours, "ring");
        await HasStateAsync(_house.Flat, "failed");
        await HasStateAsync(neighbours, "synced");

        Assert.Contains(foreign[(foreign.IndexOf('@', StringComparison.Ordinal) + 1)..], await ErrorAsync(), StringComparison.Ordinal);
        await _town.RingsAsync(_house.Station, "401", _house.Panel);
        await _town.RingsAsync(_house.Station, "402", neighbour);

        // Once the operator allows it, the next change of the flat's rules goes through as a whole.
        await _town.AllowTargetAsync(foreign);
        await _town.Dashboard.UpdateAsync("call_rules", _rule, new { source_pattern = "*", priority = 2 });
        await HasStateAsync(_house.Flat, "synced");
        await _town.EndsAsync(_house.Station, "401", 603);
    }

    private Task HasStateAsync(Guid unit, string state) => Eventually.HoldsAsync(
        $"the flat is {state}",
        async () => (await _town.Dashboard.SelectAsync("unit_sync", $"unit_id=eq.{unit}"))[0].GetProperty("state").GetString() == state);

    private async Task<string> ErrorAsync() =>
        (await _town.Dashboard.SelectAsync("unit_sync", $"unit_id=eq.{_house.Flat}"))[0].GetProperty("last_error").GetString()!;

    public ValueTask DisposeAsync() => _town.DisposeAsync();
}
