using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.Stacks;

public sealed class SupervisionTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_start_that_fails_tells_the_last_lines_of_the_log()
    {
        await using var server = await PrepareAsync("echo first; echo the reason >&2; exit 3");
        await server.StartAsync(Cancelled);

        var failure = await Assert.ThrowsAsync<ServerStartException>(() => Readiness.WaitAsync(
            server, _ => throw new InvalidOperationException("not yet"), TimeSpan.FromSeconds(20), Cancelled));

        Assert.Contains("exit code 3", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("first\nthe reason", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_ignores_its_signal_goes_with_its_children()
    {
        await using var server = await PrepareAsync("trap '' TERM; sleep 1000 & echo child $!; wait; sleep 1000");
        await server.StartAsync(Cancelled);
        await Poll.UntilAsync(() => server.Log.Contains("child", StringComparison.Ordinal), "the child runs");
        var child = server.Log.Split(' ')[1].Trim();

        await server.StopAsync("TERM", TimeSpan.FromMilliseconds(200), Cancelled);

        Assert.False(server.IsRunning);
        await Poll.UntilAsync(() => !Directory.Exists($"/proc/{child}"), "the child ended");
        Assert.True(Directory.Exists(server.Folder));
    }

    [Fact]
    public async Task A_server_can_be_started_again_in_its_folder()
    {
        await using var server = await PrepareAsync("echo run; sleep 1000");
        await server.StartAsync(Cancelled);
        var first = server.ProcessId;
        await server.StopAsync("TERM", TimeSpan.FromSeconds(5), Cancelled);
        await server.StartAsync(Cancelled);
        await Poll.UntilAsync(() => server.Log == "run\nrun\n", "it ran twice");

        Assert.NotEqual(first, server.ProcessId);
        Assert.True(server.IsRunning);
    }

    [Fact]
    public void A_missing_program_is_named_with_its_package()
    {
        var failure = Assert.Throws<FileNotFoundException>(() => DebianBinary.Find("no-such-server", "no-such-package"));

        Assert.Contains("no-such-server is missing", failure.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install no-such-package", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_a_stranger_took_is_replaced()
    {
        var attempts = 0;
        var answer = await LoopbackPort.RetryWhenLostAsync(async () =>
        {
            if (++attempts == 2)
                return "started";
            await using var server = await PrepareAsync("echo 'bind: Address already in use'; exit 1");
            await server.StartAsync(Cancelled);
            await Readiness.WaitAsync(server, _ => throw new InvalidOperationException("not yet"), TimeSpan.FromSeconds(20), Cancelled);
            return "not reached";
        });

        Assert.Equal(("started", 2), (answer, attempts));
    }

    [Fact]
    public void Claimed_ports_are_all_different()
    {
        var claims = Enumerable.Range(0, 200).Select(_ => LoopbackPort.Claim()).ToList();
        try
        {
            Assert.Equal(200, claims.Select(claim => claim.Number).Distinct().Count());
        }
        finally
        {
            claims.ForEach(claim => claim.Dispose());
        }
    }

    private static Task<SupervisedServer> PrepareAsync(string script) => SupervisedServer.PrepareAsync(
        new ServerCommand { Name = "test", Folder = ServerCommand.NewFolder("test"), Command = ["sh", "-c", script] }, Cancelled);
}
