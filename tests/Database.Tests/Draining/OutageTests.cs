using Neolia.Database.Tests.Supabase;
using Neolia.LocalStack.MariaDb;

namespace Neolia.Database.Tests.Draining;

/// <summary>I4: whatever dies, no committed change is forgotten.</summary>
public sealed class OutageTests(SupabaseFixture supabase) : IAsyncLifetime
{
    private MariaDbServer _server = null!;
    private DrainRig _rig = null!;
    private Guid _unit;

    private Dashboard Dashboard => _rig.Dashboard;

    public async ValueTask InitializeAsync()
    {
        _server = await MariaDbServer.StartAsync(durable: false, TestContext.Current.CancellationToken);
        _rig = await DrainRig.CreateAsync(supabase, _server);
        _unit = await Dashboard.CreateUnitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Changes_during_an_outage_of_Kamailios_database_are_applied_when_it_is_back_without_anybody_asking()
    {
        using var stop = new CancellationTokenSource();
        var worker = _rig.NewWorker();
        var running = worker.Runner.RunAsync(stop.Token);
        var kept = await Dashboard.CreateAccountAsync(_unit, "kept");
        var deleted = await Dashboard.CreateAccountAsync(_unit, "deleted");
        Assert.True((await worker.Runner.DrainAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Complete);

        await _server.StopAsync(TestContext.Current.CancellationToken);
        await Dashboard.RekeyAsync(kept);
        await Dashboard.DeleteAsync(deleted);
        var added = await Dashboard.CreateAccountAsync(_unit, "added");
        var report = await worker.Runner.DrainAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        // Complete or not: the lingering drain may have met the outage before anybody asked, and nothing is due then.
        Assert.Equal(0, report.Applied);
        await Until.TrueAsync("the outage is seen", async () =>
            (await Dashboard.SyncStateAsync(added))!.StartsWith("retrying|0|kamailio_unreachable|", StringComparison.Ordinal));
        Assert.Equal(3, (await Dashboard.QueueAsync()).Count);

        await _server.StartAgainAsync(TestContext.Current.CancellationToken);
        await Until.TrueAsync("everything is applied", async () => (await Dashboard.QueueAsync()).Count == 0);
        await Convergence.AssertAsync(_rig);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }
}
