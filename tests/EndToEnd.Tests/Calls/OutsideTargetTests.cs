using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>Calls leave for somebody else's server only where the operator's list in Kamailio's database says so.</summary>
public sealed class OutsideTargetTests(CallsFixture fixture) : IClassFixture<CallsFixture>, IAsyncLifetime
{
    private readonly Town _town = fixture.NewTown();
    private Guid _flat;
    private SipDevice _station = null!;
    private SipDevice _gateway = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>The gateway as a target: not registered, it just listens.</summary>
    private string Guard => _gateway.ContactUri;

    private string Host => Guard.Replace("guard@", "", StringComparison.Ordinal);

    public async ValueTask InitializeAsync()
    {
        var house = await _town.AddHouseAsync();
        (_flat, _station) = (house.Flat, house.Station);
        _gateway = _town.Device("guard");
    }

    [Theory]
    [InlineData("forward", false)]
    [InlineData("forward", true)]
    [InlineData("voicemail", false)]
    [InlineData("voicemail", true)]
    public async Task A_listed_target_gets_the_call(string action, bool everybodyThere)
    {
        await _town.AllowTargetAsync(everybodyThere ? Host : Guard);
        await _town.AddRuleAsync(_flat, action, Guard);
        await _town.SettledAsync();
        var before = _town.CountCalls();

        var call = _station.Call("401");
        var incoming = await call.ReachesAsync(_gateway);
        Assert.Equal(Guard, incoming.Invite.RequestUri);
        Assert.Equal(_station.Address, incoming.Caller);
        Assert.Null(incoming.Invite["Proxy-Authorization"]);
        await incoming.AnswerAsync("v=0\r\n", Cancelled);
        Assert.Equal(200, (await call.Final).StatusCode);
        Assert.Equal(200, (await call.HangUpAsync(Cancelled)).StatusCode);
        await incoming.Ended.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
        await _town.OnlyCalledAsync(before, _gateway);
    }

    [Fact]
    public async Task A_target_that_left_the_list_gets_no_further_call()
    {
        await _town.AllowTargetAsync(Guard);
        await _town.AddRuleAsync(_flat, "forward", Guard);
        await _town.SettledAsync();
        await _town.RingsAsync(_station, "401", _gateway);

        await _town.ForbidTargetsAsync();

        // Which refusal is Kamailio's choice; that nobody hears of the call is not.
        var before = _town.CountCalls();
        Assert.InRange((await _station.Call("401").Final).StatusCode, 400, 699);
        await _town.OnlyCalledAsync(before);
    }

    [Fact]
    public async Task Another_port_of_a_listed_host_is_another_target()
    {
        var other = _town.Device("guard");
        await _town.AllowTargetAsync(Host);
        await _town.AllowTargetAsync(other.ContactUri.Replace("guard@", "somebody@", StringComparison.Ordinal));
        await _town.AddRuleAsync(_flat, "forward", Guard);
        await _town.SettledAsync();
        await _town.RingsAsync(_station, "401", _gateway);

        await _town.EndsAsync(_station, Guard, 403);
        await _town.EndsAsync(_station, other.ContactUri, 403);
    }

    public ValueTask DisposeAsync() => _town.DisposeAsync();
}
