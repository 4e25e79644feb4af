using System.Globalization;
using Microsoft.Extensions.Options;
using Neolia.EndToEnd.Tests.TakingOver;
using Neolia.Functions.Checking;
using Neolia.Functions.Kamailio;
using Neolia.Functions.SipProbe;
using Neolia.Functions.Subjects;
using Neolia.Functions.Tests;
using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.Checking;

/// <summary>What check_status says of real Kamailios, right and wrong ones.</summary>
public sealed class SipCheckTests(StackFixture stack) : IAsyncLifetime
{
    private Installation _installation = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _installation = await Installation.StartAsync(stack.Stack.MariaDb);
        var digest = string.Create(CultureInfo.InvariantCulture, $"{Guid.NewGuid():n}");
        await _installation.AddAsync("panel101", "", digest, digest);
    }

    public ValueTask DisposeAsync() => _installation.DisposeAsync();

    [Fact]
    public async Task This_projects_configuration_asks_for_passwords_and_refuses_an_empty_one()
    {
        var state = await MeasureAsync(_installation.Ours.SipAddress);

        Assert.Equal(new SipState(Answers: true, ProbeOutcome.Challenged, LoginOutcome.Refused), state);
        Assert.True(state.AuthenticationWorks);
    }

    [Fact]
    public async Task Todays_configuration_asks_for_passwords_and_takes_an_empty_one()
    {
        var state = await MeasureAsync(_installation.Today.SipAddress);

        Assert.Equal(new SipState(Answers: true, ProbeOutcome.Challenged, LoginOutcome.LetIn), state);
        Assert.False(state.AuthenticationWorks);
    }

    [Fact]
    public async Task Switched_off_authentication_is_an_open_door()
    {
        await using var open = await Installation.StartTodaysAsync(_installation.Database, "WITHOUT_AUTHENTICATION");

        var state = await MeasureAsync(open.SipAddress);

        Assert.Equal((true, ProbeOutcome.Accepted), (state.Answers, state.Challenge));
        Assert.False(state.AuthenticationWorks);
    }

    [Fact]
    public async Task Kamailio_that_can_not_read_its_subscribers_judges_nobody()
    {
        await _installation.ExecuteAsync("rename table subscriber to gone");

        var state = await MeasureAsync(_installation.Ours.SipAddress);

        Assert.Equal(new SipState(Answers: true, ProbeOutcome.Challenged, LoginOutcome.Unclear), state);
        Assert.False(state.AuthenticationWorks);
    }

    [Fact]
    public async Task A_password_that_is_not_looked_at_after_too_many_wrong_ones_proves_nothing()
    {
        await GuessAsync(10);

        Assert.Equal(LoginOutcome.TooOften, await Login.TryAsync(Panel, "", Cancelled));
        var state = await MeasureAsync(_installation.Ours.SipAddress);
        Assert.Equal(new SipState(Answers: true, ProbeOutcome.Challenged, LoginOutcome.TooOften), state);
        Assert.True(state.AuthenticationWorks);
    }

    [Fact]
    public async Task Asking_all_the_time_where_there_is_a_single_account_does_not_reach_the_limit()
    {
        var check = Check(_installation.Ours.SipAddress);

        for (var ask = 0; ask < 15; ask++)
            Assert.True((await MeasureAsync(check)).AuthenticationWorks);

        await GuessAsync(8);
    }

    [Fact]
    public async Task What_was_refused_before_the_limit_was_reached_still_is()
    {
        var clock = new ManualClock(DateTimeOffset.UnixEpoch);
        var check = Check(_installation.Ours.SipAddress, clock);
        for (var ask = 0; ask < 15; ask++)
        {
            Assert.Equal(LoginOutcome.Refused, (await MeasureAsync(check)).EmptyPassword);
            clock.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.Equal(LoginOutcome.TooOften, await Login.TryAsync(Panel, "", Cancelled));
    }

    [Fact]
    public async Task Nobody_there_is_silence_and_not_a_refusal()
    {
        using var nobody = LoopbackPort.Claim();

        var state = await MeasureAsync($"127.0.0.1:{nobody.Number}");

        Assert.Equal(new SipState(Answers: false, ProbeOutcome.NoAnswer, LoginOutcome.NoAnswer), state);
    }

    [Fact]
    public async Task A_name_that_no_server_knows_is_silence_too() =>
        Assert.Equal(new SipState(Answers: false, ProbeOutcome.NoAnswer, LoginOutcome.NoAnswer), await MeasureAsync("nowhere.invalid"));

    private static SipName Panel => new("panel101", Installation.Domain);

    private PasswordLogin Login => new(Options.Create(new KamailioOptions { Domains = Installation.Domain, SipAddress = _installation.Ours.SipAddress }));

    private async Task GuessAsync(int wrong)
    {
        for (; wrong > 0; wrong--)
            Assert.Equal(LoginOutcome.Refused, await Login.TryAsync(Panel, "", Cancelled));
    }

    private static SipCheck Check(string sipAddress, TimeProvider? clock = null)
    {
        var options = Options.Create(new KamailioOptions { Domains = Installation.Domain, SipAddress = sipAddress });
        return new SipCheck(new OptionsProbe(options), new RegisterProbe(options), new PasswordLogin(options), clock ?? TimeProvider.System);
    }

    private static Task<SipState> MeasureAsync(string sipAddress) => MeasureAsync(Check(sipAddress));

    private static Task<SipState> MeasureAsync(SipCheck check) =>
        check.MeasureAsync(Task.FromResult(new KamailioState(DatabaseVerdict.Good, Example: Panel)), Cancelled);
}
