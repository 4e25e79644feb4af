using MySqlConnector;
using Neolia.Bench.Latency;
using Neolia.Bench.Reporting;
using Neolia.LocalStack;
using Npgsql;

namespace Neolia.Bench.Startup;

/// <summary>
/// How soon the program is of use after its start, and what it takes: the published Native AOT executable, the same one
/// that sends traces and metrics, and the same program on the JIT, by turns, so that whatever else the machine does falls on
/// all of them.
/// </summary>
internal static class StartupBench
{
    private const int FullRounds = 21;
    private const int ShortRounds = 2;

    private const string Aot = "Native AOT";
    private const string Telling = "Native AOT, telemetry on";
    private const string Jit = "JIT";

    private static readonly (string Name, string Executable)[] Programs =
    [
        (Aot, Path.Combine(Repository.Root, "artifacts", "package", "content", "Neolia.Functions")),
        (Telling, Path.Combine(Repository.Root, "artifacts", "package", "content", "Neolia.Functions")),
        (Jit, JitExecutable()),
    ];

    public static async Task RunAsync(bool brief, CancellationToken cancellationToken)
    {
        await using var stack = await Stack.StartAsync(new StackOptions { Durable = true, WithDashboard = false, WithApp = false }, cancellationToken);
        await using var supabase = NpgsqlDataSource.Create(stack.Project.OwnerConnectionString);
        await using var kamailio = new MySqlDataSource(stack.KamailioDatabase.RootConnectionString);
        var change = new WaitingChange(supabase, kamailio, (await Residence.CreateAsync(supabase, 1, cancellationToken))[0]);

        await using var collector = new Collector();
        var quiet = stack.AppSettings;
        var telling = new Dictionary<string, string>(quiet);
        foreach (var (name, value) in collector.AppSettings)
            telling[name] = value;

        var runs = Programs.ToDictionary(program => program.Name, _ => new List<StartupRun>());
        for (var round = 0; round < (brief ? ShortRounds : FullRounds); round++)
        {
            foreach (var (name, executable) in Programs)
                runs[name].Add(await StartupRun.MeasureAsync(executable, name == Telling ? telling : quiet, change, cancellationToken));
        }

        var figures = runs.ToDictionary(program => program.Key, program => StartupFigures.Of(program.Value));
        var table = new Table("medians", Aot, "with telemetry", Jit, "aim");
        Add("exec to first answer, ms", f => f.FirstAnswerMs.P50, "120");
        Add("exec to first drained change, ms", f => f.FirstDrainedMs.P50, "");
        Add("processor time until then, ms", f => f.ProcessorMs.P50, "");
        Add("resident after 200 requests, MB", f => f.ResidentMb, "60");
        table.Add("package unzipped, MB", $"{PackageMb():0.0}", "", "", "40");
        Console.WriteLine(table);
        Console.WriteLine(ResultFile.Write(
            brief ? "startup-short" : "startup",
            await Residence.VersionsAsync(supabase, kamailio, cancellationToken),
            new { Programs = figures, PackageUnzippedMb = Math.Round(PackageMb(), 1) }));

        void Add(string what, Func<StartupFigures, double> figure, string aim) =>
            table.Add(what, $"{figure(figures[Aot]):0}", $"{figure(figures[Telling]):0}", $"{figure(figures[Jit]):0}", aim);
    }

    /// <summary>As ./dev bench startup publishes it; a short run, whose figures mean nothing, takes the build that tests make anyway.</summary>
    private static string JitExecutable()
    {
        var published = Path.Combine(Repository.Root, "artifacts", "app-jit", "Neolia.Functions");
        return File.Exists(published) ? published : Path.Combine(Repository.Root, "src", "Functions", "bin", "Debug", "net10.0", "Neolia.Functions");
    }

    /// <summary>All that is deployed; symbols are not.</summary>
    private static double PackageMb() =>
        new DirectoryInfo(Path.GetDirectoryName(Programs[0].Executable)!).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) / 1e6;
}
