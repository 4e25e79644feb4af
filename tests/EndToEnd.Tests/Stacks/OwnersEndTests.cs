using System.Runtime.Versioning;

namespace Neolia.EndToEnd.Tests.Stacks;

/// <summary>Whatever ends the owner of a stack ends the stack: no process and no folder stays behind.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class OwnersEndTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("INT", 0)] // Ctrl-C
    [InlineData("KILL", 137)]
    public async Task Nothing_is_left_when_the_owner_ends(string signal, int exitCode)
    {
        using var owner = OwnerProcess.Start();
        await owner.UpAsync(Cancelled);
        Assert.True(owner.Processes().Count > 10, "The servers can't be seen: this test would prove nothing.");
        Assert.Equal(5, owner.Entries().Count); // PostgreSQL, lite, MariaDB, Kamailio, the app

        owner.Signal(signal);

        Assert.Equal(exitCode, await owner.ExitCodeAsync(Cancelled));
        await Poll.UntilAsync(() => owner.Processes().Count == 0, "every process ended");
        await Poll.UntilAsync(() => owner.Entries().Count == 0, "every folder went");
    }

    [Fact]
    public async Task Nothing_is_left_when_the_owner_is_killed_while_it_starts()
    {
        using var owner = OwnerProcess.Start();
        await Poll.UntilAsync(() => owner.Entries().Count >= 2, "the first servers were being started");

        owner.Signal("KILL");

        Assert.Equal(137, await owner.ExitCodeAsync(Cancelled));
        await Poll.UntilAsync(() => owner.Processes().Count == 0, "every process ended");
        await Poll.UntilAsync(() => owner.Entries().Count == 0, "every folder went");
    }
}
