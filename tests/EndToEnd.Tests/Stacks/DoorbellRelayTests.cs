using System.Diagnostics;
using Neolia.LocalStack.Doorbell;

namespace Neolia.EndToEnd.Tests.Stacks;

/// <summary>What the stand-in promises of pg_net: its timing and its losses, which the app must live with.</summary>
public sealed class DoorbellRelayTests(RelayServer server) : IClassFixture<RelayServer>, IAsyncLifetime
{
    private RelayRig? _rig;

    private RelayRig Rig => _rig ?? throw new InvalidOperationException("The rig has not started.");

    public async ValueTask InitializeAsync() => _rig = await RelayRig.StartAsync(server);

    public ValueTask DisposeAsync() => _rig?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task An_idle_relay_wakes_at_the_commit()
    {
        var committed = await RingAndMeasureAsync();

        // Well below the second that it would sleep if it were polling.
        Assert.InRange(Rig.Receiver.Arrivals[0].At - committed, TimeSpan.FromSeconds(-1), TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task A_commit_under_steady_changes_waits_until_the_relay_has_slept()
    {
        await Rig.RingAsync();
        await Rig.ArrivedAsync(1);
        await Rig.RingAsync(); // raises the flag again and cuts the sleep short
        await Rig.ArrivedAsync(2);

        var committed = await RingAndMeasureAsync(); // finds the flag up: nobody wakes the relay

        Assert.InRange(Rig.Receiver.Arrivals[2].At - committed, TimeSpan.FromMilliseconds(600), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_batch_holds_at_most_200_and_a_second_passes_between_batches()
    {
        await Rig.RingAsync(requests: 450);
        await Rig.ArrivedAsync(450);

        var arrivals = Rig.Receiver.Arrivals;
        Assert.Equal((3, DoorbellRelay.BatchSize, 450), (Rig.Relay.Batches, Rig.Relay.LargestBatch, Rig.Relay.Posted));
        Assert.True(arrivals[200].At - arrivals[199].At > TimeSpan.FromMilliseconds(500));
        Assert.True(arrivals[400].At - arrivals[399].At > TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task What_is_rolled_back_is_never_sent()
    {
        await Rig.RingAsync(commit: false);
        await Rig.RingAsync();
        await Rig.ArrivedAsync(1);
        await Rig.IdleAsync();

        Assert.Equal(1, Rig.Relay.Posted);
    }

    [Fact]
    public async Task An_error_is_not_tried_again()
    {
        Rig.Receiver.Status = 500;
        await Rig.RingAsync();
        await Rig.ArrivedAsync(1);
        await Rig.IdleAsync();

        Assert.Equal(1, Rig.Relay.Posted);
        Assert.Equal(1, await Rig.CountAsync("select count(*) from net._http_response where status_code = 500"));
    }

    [Fact]
    public async Task A_slow_answer_is_given_up_after_its_own_time_out_and_not_tried_again()
    {
        Rig.Receiver.Status = 0;
        var clock = Stopwatch.StartNew();
        await Rig.RingAsync(timeoutMilliseconds: 200);
        await Rig.ArrivedAsync(1);
        await Rig.IdleAsync();

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5));
        Assert.Equal(1, Rig.Relay.Posted);
        Assert.Equal(1, await Rig.CountAsync("select count(*) from net._http_response where timed_out"));
    }

    [Fact]
    public async Task What_a_killed_relay_had_taken_is_lost()
    {
        Rig.Receiver.Status = 0;
        await Rig.RingAsync();
        await Rig.ArrivedAsync(1);

        await Rig.Relay.DisposeAsync();

        Assert.Equal(0, await Rig.CountAsync("select count(*) from net.http_request_queue"));
    }

    [Fact]
    public async Task The_queue_is_empty_after_a_crash_of_the_database_and_the_relay_comes_back()
    {
        Rig.Receiver.Status = 0; // holds the relay in its first batch, so that the second stays queued
        await Rig.RingAsync(timeoutMilliseconds: 2_000);
        await Rig.ArrivedAsync(1);
        await Rig.RingAsync();
        await server.Postgres.CrashAsync(TestContext.Current.CancellationToken);
        await server.Postgres.StartAgainAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, await Rig.CountAsync("select count(*) from net.http_request_queue"));

        Rig.Receiver.Status = 200;
        await Rig.IdleAsync();
        await Rig.RingAsync();
        await Rig.ArrivedAsync(2);

        Assert.Equal(2, Rig.Receiver.Arrivals.Count);
    }

    [Fact]
    public async Task Body_and_headers_arrive_as_they_were_queued()
    {
        await Rig.RingAsync();
        await Rig.ArrivedAsync(1);

        Assert.Equal("{\"n\": 1}", Rig.Receiver.Arrivals[0].Body);
        Assert.Equal("v1,c2lnbmF0dXJl", Rig.Receiver.Arrivals[0].Signature);
    }

    private async Task<TimeSpan> RingAndMeasureAsync()
    {
        var before = Rig.Receiver.Arrivals.Count;
        await Rig.RingAsync();
        var committed = Stopwatch.GetElapsedTime(0);
        await Rig.ArrivedAsync(before + 1);
        return committed;
    }
}
