using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;

namespace Neolia.Database.Tests.Draining;

public sealed class RunnerTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private DrainRig _rig = null!;
    private Worker _worker = null!;
    private Task _running = Task.CompletedTask;
    private Guid _unit;

    public async ValueTask InitializeAsync()
    {
        _rig = await DrainRig.CreateAsync(supabase, mariaDb);
        _worker = _rig.NewWorker();
        _running = _worker.Runner.RunAsync(_stop.Token);
        _unit = await _rig.Dashboard.CreateUnitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        await _rig.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task Change_while_lingering_is_applied_without_any_doorbell()
    {
        await _worker.Runner.DrainAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        await _rig.Dashboard.CreateAccountAsync(_unit, "panel401");

        await Until.TrueAsync("the change is applied", async () => (await _rig.Dashboard.QueueAsync()).Count == 0);
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Change_committed_before_the_asking_is_applied_when_the_answer_comes()
    {
        for (var i = 0; i < 20; i++)
        {
            var account = await _rig.Dashboard.CreateAccountAsync(_unit, $"panel{i}");

            var report = await _worker.Runner.DrainAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

            Assert.True(report.Complete);
            Assert.Equal("synced|0|(null)|0", await _rig.Dashboard.SyncStateAsync(account));
        }
    }
}
