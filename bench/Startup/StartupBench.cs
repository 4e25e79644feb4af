using MySqlConnector;
using Neolia.Bench.Latency;
using Neolia.Bench.Reporting;
using Neolia.LocalStack;
using Npgsql;

namespace Neolia.Bench.Startup;

/// <summary>
/// How soon the program is of use after its start, and what it takes: the published Native AOT executable against the
/// same program on the JIT, by turns, so that whatever else the machine does falls on both.
/// </summary>
internal static class StartupBench
{
    private const int FullRounds = 21;
    private const int ShortRounds = 2;

    private static readonly (string Name, string Executable)[] Programs =
    [
        ("Native AOT", Path.Combine(Repository.Root, "artifacts", "package", "content", "Neolia.Functions")),
        ("JIT", JitExecutable()),
    ];

    public static async Task RunAsync(bool brief, CancellationToken cancellationToken)
    {
        await using var stack = await Stack.StartAsync(new StackOptions { Durable = true, WithDashboard = false, WithApp = false }, cancellationToken);
        await using var supabase = NpgsqlDataSource.Create(stack.Project.OwnerConnectionString);
        await using var kamailio = new MySqlDataSource(stack.KamailioDatabase.RootConnectionString);
        var change = new WaitingChange(supabase, kamailio, (await Residence.CreateAsync(supabase, 1, cancellationToken))[0]);

        var runs = Programs.ToDictionary(program => program.Name, _ => new List<StartupRun>());
        for (var round = 0; round < (brief ? ShortRounds : FullRounds); round++)
        {
            foreach (var (name, executable) in Programs)
                runs[name].Add(await StartupRun.MeasureAsync(executable, stack.AppSettings, change, cancellationToken));
        }

        var figures = runs.ToDictionary(program => program.Key, program => StartupFigures.Of(program.Value));
        var (aot, jit) = (figures["Native AOT"], figures["JIT"]);
        var table = new Table("medians", "Native AOT", "JIT", "ratio", "aim");
        table.Add("exec to first answer, ms", $"{aot.FirstAnswerMs.P50:0}", $"{jit.FirstAnswerMs.P50:0}", $"{jit.FirstAnswerMs.P50 / aot.FirstAnswerMs.P50:0.0}", "120");
        table.Add("exec to first drained change, ms", $"{aot.FirstDrainedMs.P50:0}", $"{jit.FirstDrainedMs.P50:0}", $"{jit.FirstDrainedMs.P50 / aot.FirstDrainedMs.P50:0.0}", "");
        table.Add("processor time until then, ms", $"{aot.ProcessorMs.P50:0}", $"{jit.ProcessorMs.P50:0}", $"{jit.ProcessorMs.P50 / aot.ProcessorMs.P50:0.0}", "");
        table.Add("resident after 200 requests, MB", $"{aot.ResidentMb:0}", $"{jit.ResidentMb:0}", $"{jit.ResidentMb / aot.ResidentMb:0.0}", "60");
        table.Add("package unzipped, MB", $"{PackageMb():0.0}", "", "", "40");
        Console.WriteLine(table);
        Console.WriteLine(ResultFile.Write(
            brief ? "startup-short" : "startup",
            await Residence.VersionsAsync(supabase, kamailio, cancellationToken),
            new { Programs = figures, PackageUnzippedMb = Math.Round(PackageMb(), 1) }));
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
