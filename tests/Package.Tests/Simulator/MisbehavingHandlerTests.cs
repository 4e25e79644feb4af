using System.Net;
using Neolia.FunctionsHost;

namespace Neolia.Package.Tests.Simulator;

/// <summary>The simulator is only worth something if it fails what the real host can't live with: one handler for each.</summary>
public sealed class MisbehavingHandlerTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_handler_that_behaves_has_no_faults()
    {
        using var rig = new HandlerRig();
        await using var host = await rig.StartAsync("good");
        using var client = new HttpClient { BaseAddress = host.Url };

        Assert.True(await host.RunTimerAsync("tick", isPastDue: true, Cancelled));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/hello/world", Cancelled)).StatusCode);
        Assert.Empty(host.Faults);
    }

    [Theory]
    [InlineData("empty 200", FaultKind.EmptyTimerAnswer)]
    [InlineData("204", FaultKind.EmptyTimerAnswer)]
    [InlineData("text", FaultKind.UnreadableTimerAnswer)]
    [InlineData("JSON that is called text", FaultKind.UnreadableTimerAnswer)]
    [InlineData("a JSON array", FaultKind.UnreadableTimerAnswer)]
    [InlineData("broken JSON", FaultKind.UnreadableTimerAnswer)]
    [InlineData("500", FaultKind.FailedTimer)]
    [InlineData("never answers", FaultKind.TimedOut)]
    [InlineData("exits 0 over a request", FaultKind.EndedWithSuccess)]
    [InlineData("crashes over a request", FaultKind.EndedByRequest)]
    public async Task A_timer_that_is_answered_wrong_is_a_fault(string behaviour, FaultKind expected)
    {
        using var rig = new HandlerRig();
        await using var host = await rig.StartAsync(behaviour);

        Assert.False(await host.RunTimerAsync("tick", isPastDue: false, Cancelled));
        Assert.Contains(host.Faults, fault => fault.Kind == expected);
    }

    [Theory]
    [InlineData("empty 200")]
    [InlineData("never answers")]
    public async Task A_handler_that_hangs_a_timer_is_killed_and_started_again(string behaviour)
    {
        using var rig = new HandlerRig();
        await using var host = await rig.StartAsync(behaviour);
        var process = host.HandlerProcessId;

        await host.RunTimerAsync("tick", isPastDue: false, Cancelled);
        await host.HandlerReadyAsync(Cancelled);

        Assert.NotEqual(process, host.HandlerProcessId);
    }

    [Fact]
    public async Task After_exit_code_0_nothing_is_started_again()
    {
        using var rig = new HandlerRig();
        await using var host = await rig.StartAsync("exits 0 over a request");
        using var client = new HttpClient { BaseAddress = host.Url };

        using var over = await client.PostAsync("/api/hello/world", null, Cancelled);
        using var after = await client.PostAsync("/api/hello/world", null, Cancelled);

        Assert.Equal((HttpStatusCode.BadGateway, HttpStatusCode.ServiceUnavailable), (over.StatusCode, after.StatusCode));
        Assert.Contains(host.Faults, fault => fault.Kind == FaultKind.EndedWithSuccess);
    }

    [Fact]
    public async Task When_proxying_one_crashing_GET_is_sent_again_until_the_host_stops()
    {
        using var rig = new HandlerRig();
        await using var host = await rig.StartAsync("crashes over a request");
        using var client = new HttpClient { BaseAddress = host.Url };

        using var answer = await client.GetAsync("/api/hello/world", Cancelled);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(3, host.Faults.Count(fault => fault.Kind == FaultKind.EndedByRequest));
        Assert.Equal(1, host.Faults.Count(fault => fault.Kind == FaultKind.HostStopped));
    }

    [Theory]
    [InlineData("enableProxyingHttpRequest", "POST")]
    [InlineData("enableForwardingHttpRequest", "GET")]
    public async Task Any_other_crashing_request_is_sent_once_and_the_handler_comes_back(string way, string method)
    {
        using var rig = new HandlerRig($"\"{way}\": true");
        await using var host = await rig.StartAsync("crashes over a request");
        using var client = new HttpClient { BaseAddress = host.Url };

        using var answer = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/api/hello/world"), Cancelled);
        await host.HandlerReadyAsync(Cancelled);

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(FaultKind.EndedByRequest, Assert.Single(host.Faults).Kind);
    }

    [Theory]
    [InlineData("never listens")]
    [InlineData("listens where ASPNETCORE_URLS says")]
    [InlineData("ends at the start")]
    public async Task A_handler_that_is_never_ready_fails_the_start(string behaviour)
    {
        using var rig = new HandlerRig();

        await Assert.ThrowsAsync<HostStartException>(() => rig.StartAsync(behaviour));
    }
}
