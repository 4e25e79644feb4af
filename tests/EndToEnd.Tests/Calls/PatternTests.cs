namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>A rule's pattern is a glob that must match the caller's whole name, with or without its domain.</summary>
public sealed class PatternTests(CallsFixture fixture) : IClassFixture<CallsFixture>, IAsyncDisposable
{
    private readonly Town _town = fixture.NewTown();

    // ~ stands for something that makes the name unique.
    [Theory]
    [InlineData("gate-~", "gate-~", true)]
    [InlineData("gate-~", "*", true)]
    [InlineData("gate-~", "gate-*", true)]
    [InlineData("gate-~", "*-~", true)]
    [InlineData("gate-~", "g?te-~", true)]
    [InlineData("gate-~", "gate?~", true)]
    [InlineData("gate-~", "gate-~@sip.neolia.app", true)]
    [InlineData("gate-~", "*@sip.neolia.app", true)]
    [InlineData("gate_1~", "gate_1~", true)]
    [InlineData("gate_1~", "gate_*", true)]
    [InlineData("gate-~", "gate", false)]
    [InlineData("gate-~", "~", false)]
    [InlineData("gate-~", "?gate-~", false)]
    [InlineData("gate-~", "gate-~?", false)]
    [InlineData("gate-~", "gate-~@", false)]
    [InlineData("gate-~", "*@sip.example.org", false)]
    [InlineData("gate-~", "gate%", false)]
    [InlineData("gate-~", "gate_~", false)]
    [InlineData("gatex1~", "gate_1~", false)]
    [InlineData("gate-~", "gate-~' or '1'='1", false)]
    [InlineData("gate-~", "\"gate-~\"", false)]
    public async Task A_glob_is_matched_whole(string caller, string pattern, bool matches)
    {
        var building = await _town.AddBuildingAsync();
        var flat = await _town.AddUnitAsync(building, "401");
        var line = await _town.AddLineAsync(await _town.AddUnitAsync(building, "door"), "station", Unique(caller));
        await _town.AddRuleAsync(flat, "reject", pattern: Unique(pattern));
        await _town.SettledAsync();

        // Nobody lives there: a call that no rule stops ends in 480.
        await _town.EndsAsync(_town.Device(line), "401", matches ? 603 : 480);
    }

    private string Unique(string text) => text.Replace("~", _town.Tag, StringComparison.Ordinal);

    public ValueTask DisposeAsync() => _town.DisposeAsync();
}
