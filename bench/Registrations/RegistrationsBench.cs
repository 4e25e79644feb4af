using System.Diagnostics;
using MySqlConnector;
using Neolia.Bench.Latency;
using Neolia.Bench.Reporting;
using Neolia.LocalStack;
using Npgsql;

namespace Neolia.Bench.Registrations;

/// <summary>
/// The timer's whole run (registrations, status of sites, log of activities) in the published app, as the Functions host
/// calls it, with a tenth of all accounts registered (<c>--rows ACCOUNTS,REGISTERED</c>). Both databases write to the disk at every commit.
/// </summary>
internal static class RegistrationsBench
{
    private const int FullAccounts = 1_000_000;
    private const int ShortAccounts = 20_000;
    private const int MostFirstRuns = 30;

    public static async Task RunAsync(BenchArguments arguments, CancellationToken cancellationToken)
    {
        var accounts = arguments.Rows.Count > 0 ? arguments.Rows[0] : arguments.Short ? ShortAccounts : FullAccounts;
        var periods = arguments.Runs ?? (arguments.Short ? 2 : 20);
        var registered = arguments.Rows.Count > 1 ? arguments.Rows[1] : accounts / 10;
        await using var stack = await Stack.StartAsync(
            new StackOptions { Durable = true, WithDashboard = false, AppSettings = new Dictionary<string, string> { ["Registrations__Interval"] = "01:00:00" } },
            cancellationToken);
        await using var supabase = NpgsqlDataSource.Create(stack.Project.SuperuserConnectionString + ";Command Timeout=0");
        await using var kamailio = new MySqlDataSource(stack.KamailioDatabase.RootConnectionString + ";Default Command Timeout=0");
        using var timer = new HttpClient { BaseAddress = stack.App!.Url, Timeout = Timeout.InfiniteTimeSpan };

        var population = new Population(supabase, kamailio);
        await population.CreateAsync(accounts, registered, cancellationToken);
        var before = AppMemory.Of(stack.App.Process.ProcessId);
        var first = new List<double>();
        await Step.RunAsync("all of them come at once", async () =>
        {
            while (first.Count < MostFirstRuns && !await population.IsBroughtAsync(registered, cancellationToken))
                first.Add(await TimeAsync(timer, cancellationToken));
        });

        // What the figure speaks of, and what a period brings in practice: times that have lagged behind for long enough.
        var percent = await MeasureAsync(refreshesDue: 0);
        var steady = await MeasureAsync(refreshesDue: registered / 30);
        var figures = new Figures(accounts, registered, registered / 100, percent, steady, first, AppMemory.Of(stack.App.Process.ProcessId).PeakMiB - before.NowMiB);
        var table = new Table("one run of the timer", "runs", "p50 ms", "max ms");
        table.Add($"1 % of {registered:N0} come or go", $"{percent.Samples}", $"{percent.P50:0}", $"{percent.Max:0}");
        table.Add("and 3.3 % have a lagging time", $"{steady.Samples}", $"{steady.P50:0}", $"{steady.Max:0}");
        table.Add("all of them come at once, in all", $"{first.Count}", $"{first.Sum():0}", "");
        Console.WriteLine(table);
        Console.WriteLine($"{figures.MoreMemoryMiB:0} MiB more memory at most");
        Console.WriteLine(ResultFile.Write(arguments.Short ? "registrations-short" : "registrations", await Residence.VersionsAsync(supabase, kamailio, cancellationToken), figures));

        async Task<Percentiles> MeasureAsync(int refreshesDue)
        {
            var runs = new List<double>();
            for (var period = 0; period < periods; period++)
            {
                await population.ChangeAsync(registered / 100, registered / 15, cancellationToken);
                if (refreshesDue > 0)
                    await population.LagAsync(refreshesDue, cancellationToken);
                runs.Add(await TimeAsync(timer, cancellationToken));
                Console.WriteLine($"  period {period + 1} of {periods}: {runs[^1]:0} ms");
            }

            return await population.IsBroughtAsync(registered, cancellationToken)
                ? Percentiles.Of(runs)
                : throw new InvalidOperationException("The accounts and sites don't show what Kamailio holds.");
        }
    }

    private static async Task<double> TimeAsync(HttpClient timer, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var answer = await timer.PostAsync("/registrations", content: null, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private sealed record Figures(
        int Accounts, int Registered, int Changed, Percentiles Period, Percentiles PeriodWithLaggingTimes, IReadOnlyList<double> FirstRunsMs, double MoreMemoryMiB);
}
