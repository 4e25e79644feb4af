using Neolia.LocalStack;

namespace Neolia.Package.Tests.Timers;

/// <summary>The platform ends an instance with SIGKILL, also in the middle of a drain.</summary>
public sealed class KilledDrainTests(PackageFixture shared)
{
    private const int Flats = 1_500; // Several batches.

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_kill_in_the_middle_of_a_drain_loses_nothing_and_leaves_nothing_behind()
    {
        // Databases of its own, whose doorbell rings nowhere: nobody else does the work.
        await using var stack = await Stack.StartAsync(PackageFixture.Options(withDashboard: false), Cancelled);
        await using var host = await shared.StartHostAsync(stack, Cancelled);
        var residence = await Residence.CreateAsync(stack, Flats);
        Assert.True(await host.RunTimerAsync("drain", isPastDue: false, Cancelled));
        await residence.ConvergesAsync(Flats);
        var hits = 0;

        for (var round = 0; round < 3; round++)
        {
            await residence.RekeyAsync();
            var timer = host.RunTimerAsync("drain", isPastDue: false, Cancelled);
            await Eventually.HoldsAsync("the drain has begun", async () => await residence.CountAppliedAsync() > 0);
            await host.KillHandlerAsync(Cancelled);
            hits += await residence.CountAppliedAsync() < Flats ? 1 : 0;

            await timer;
            await host.HandlerReadyAsync(Cancelled);
            Assert.True(await host.RunTimerAsync("drain", isPastDue: true, Cancelled));
            await residence.ConvergesAsync(Flats);
        }

        Assert.True(hits > 0, "no kill came before the drain's end");
        Assert.Empty(host.Faults);
    }
}
