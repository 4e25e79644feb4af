using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Neolia.Bench.Towns;
using Neolia.LocalStack.Functions;

namespace Neolia.Bench.Reconcile;

/// <summary>One run of the published program's verb, seen from outside.</summary>
/// <param name="Seconds">As the program reports it: its start, 60 ms, is not part of it.</param>
/// <param name="Bytes">On the wire to the app, of both databases, logging in included.</param>
/// <param name="PeakMiB">Resident set.</param>
internal sealed record ReconcileRun(double Seconds, long Bytes, long Rows, int Differences, double PeakMiB)
{
    private static readonly string[] Kinds = ["accounts", "units"];

    public static async Task<ReconcileRun> MeasureAsync(DrainedTown town, Wires wires, CancellationToken cancellationToken, params string[] options)
    {
        wires.TakeBytes();
        var start = new ProcessStartInfo(FunctionApp.PublishedExecutable, ["reconcile", "--json", .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(FunctionApp.PublishedExecutable),
        };
        foreach (var (name, value) in town.Stack.AppSettings)
            start.Environment[name] = value;
        start.Environment["Supabase__ConnectionString"] = wires.SupabaseSetting;
        start.Environment["Kamailio__ConnectionString"] = wires.KamailioSetting;

        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        var peak = 0.0;
        while (!process.WaitForExit(TimeSpan.FromMilliseconds(20)))
            peak = Math.Max(peak, PeakMiBOf(process.Id));
        if ((await output).Length == 0)
            throw new InvalidOperationException($"reconcile ended with {process.ExitCode}: {await errors}");

        using var report = JsonDocument.Parse(await output);
        var counts = Kinds.SelectMany(kind => report.RootElement.GetProperty(kind).EnumerateObject().Select(count => count.Value.GetInt32()));
        if (!report.RootElement.GetProperty("complete").GetBoolean() || report.RootElement.GetProperty("refused").GetBoolean())
            throw new InvalidOperationException($"reconcile did not finish: {await output}");
        return new ReconcileRun(
            report.RootElement.GetProperty("elapsed_ms").GetInt64() / 1000.0, wires.TakeBytes(),
            report.RootElement.GetProperty("rows_fetched").GetInt64(), counts.Sum(), peak);
    }

    // VmHWM, proc(5); gone with the process.
    private static double PeakMiBOf(int processId)
    {
        try
        {
            var line = File.ReadLines($"/proc/{processId}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
