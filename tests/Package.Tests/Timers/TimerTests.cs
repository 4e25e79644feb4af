using Neolia.FunctionsHost;

namespace Neolia.Package.Tests.Timers;

/// <summary>The host's timers, as they come in practice: late, and more than one at once.</summary>
public sealed class TimerTests(PackageFixture shared)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_timer_of_the_package_runs_on_time_and_past_due(bool isPastDue)
    {
        var timers = shared.Package.Functions.OfType<HostedFunction.Timer>().ToList();

        Assert.NotEmpty(timers);
        foreach (var timer in timers)
            Assert.True(await shared.Host.RunTimerAsync(timer.Name, isPastDue, Cancelled), string.Join('\n', shared.Host.Faults));
    }

    [Fact]
    public async Task Doubled_runs_on_two_instances_do_the_work_once_and_do_no_harm()
    {
        const int flats = 800;
        await using var second = await shared.StartHostAsync(Cancelled);
        var residence = await Residence.CreateAsync(shared.Stack, flats);

        var runs = await Task.WhenAll(
            from host in new[] { shared.Host, second }
            from run in Enumerable.Range(0, 2)
            select host.RunTimerAsync("drain", isPastDue: run > 0, Cancelled));

        Assert.All(runs, Assert.True);
        await residence.ConvergesAsync(flats);
        Assert.Empty(second.Faults);
    }
}
