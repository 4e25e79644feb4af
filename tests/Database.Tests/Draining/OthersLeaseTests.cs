using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Actions;
using Neolia.Functions.Subjects;

namespace Neolia.Database.Tests.Draining;

/// <summary>A drain that finds nothing due says nothing of what another instance has in its hands.</summary>
public sealed class OthersLeaseTests(SupabaseFixture supabase, MariaDbFixture mariaDb)
{
    [Fact]
    public async Task Who_waits_for_several_subjects_waits_for_the_other_instance_too()
    {
        await using var rig = await DrainRig.CreateAsync(supabase, mariaDb);
        await using var worker = rig.NewWorker();
        await using var connections = new AppConnections(rig);
        var unit = await rig.Dashboard.CreateUnitAsync();
        Subject[] subjects = [new(SubjectKind.UnitRules, unit), new(SubjectKind.Account, await rig.Dashboard.CreateAccountAsync(unit, "panel401"))];
        var (turn, gate) = await rig.StallAsync(gate => new Stalls { BeforeApply = gate });
        using var ended = new CancellationTokenSource();
        var running = worker.Runner.RunAsync(ended.Token);
        var watch = new QueueWatch(connections.Supabase(), worker.Runner);

        Assert.True((await worker.Runner.DrainAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Complete);
        Assert.False(await watch.DrainUntilNoneIsDueAsync(subjects, TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken));
        var waiting = watch.DrainUntilNoneIsDueAsync(subjects, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        gate.Open();

        Assert.True(await waiting);
        await turn;
        await Convergence.AssertAsync(rig);
        await ended.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }
}
