using System.Globalization;
using Neolia.LocalStack;
using Neolia.LocalStack.Supervision;

namespace Neolia.Bench.Kamailio;

/// <summary>Drives one scenario of this folder with sipp, over UDP from one socket.</summary>
internal static class Sipp
{
    // sipp writes its files into the folder that it runs in.
    private const string Run = """
        cd "$1"
        shift
        exec "$@"
        """;

    /// <param name="lines">One line of values for each call, as the scenario names them; begun again when they are used up.</param>
    /// <param name="atOnce">Calls in progress; the next begins when one ends.</param>
    /// <param name="from">Port of the devices, as in their contacts.</param>
    /// <param name="perSecond">Calls that begin every second; 0 = as many as <paramref name="atOnce"/> lets begin.</param>
    public static async Task<SippResult> CallAsync(
        string scenario, IReadOnlyList<string> lines, int from, int server, int calls, int atOnce, int perSecond, CancellationToken cancellationToken)
    {
        var folder = ServerCommand.NewFolder("sipp");
        await using var run = await SupervisedServer.PrepareAsync(
            Command(folder, from,
            [
                "-sf", ScenarioPath(scenario), "-s", Population.Domain, "-inf", "values.csv", "-m", Number(calls), "-l", Number(atOnce),
                "-r", Number(perSecond == 0 ? 100_000 : perSecond), "-trace_stat", "-stf", "stat.csv", "-trace_rtt", "-rtt_freq", "1",
                "-timeout", "300", "-timeout_error", $"127.0.0.1:{server}",
            ]),
            cancellationToken);
        await File.WriteAllLinesAsync(Path.Combine(folder, "values.csv"), ["SEQUENTIAL", .. lines], cancellationToken);
        await run.StartAsync(cancellationToken);
        var exitCode = await run.Exited.WaitAsync(cancellationToken);
        return exitCode == 0
            ? SippResult.Read(folder)
            : throw new InvalidOperationException($"sipp ended with {exitCode}: a call went wrong.\n{run.LogTail(80)}");
    }

    /// <summary>Answers every call from now until it is disposed.</summary>
    public static async Task<SupervisedServer> AnswerAsync(string scenario, int port, CancellationToken cancellationToken)
    {
        var server = await SupervisedServer.PrepareAsync(
            Command(ServerCommand.NewFolder("sipp"), port, ["-sf", ScenarioPath(scenario)]), cancellationToken);
        await server.StartAsync(cancellationToken);
        return server;
    }

    private static ServerCommand Command(string folder, int port, IReadOnlyList<string> arguments) => new()
    {
        Name = "sipp",
        Folder = folder,
        Command =
        [
            "sh", "-c", Run, "sipp", folder, DebianBinary.Find("sipp", "sip-tester"), "-nostdin", "-skip_rlimit", "-t", "u1",
            "-i", "127.0.0.1", "-p", Number(port), .. arguments,
        ],
        Environment = new Dictionary<string, string> { ["TERM"] = "dumb" },
    };

    private static string ScenarioPath(string scenario) => Path.Combine(Repository.Root, "bench", "Kamailio", $"{scenario}.xml");

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
