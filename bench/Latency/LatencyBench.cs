using MySqlConnector;
using Neolia.Bench.Reporting;
using Neolia.LocalStack;
using Npgsql;

namespace Neolia.Bench.Latency;

/// <summary>
/// Commit in Supabase's Postgres to applied in Kamailio's MySQL, through everything that is between them: triggers,
/// doorbells that come as late as pg_net's, the published app. Both databases write to the disk at every commit.
/// </summary>
internal static class LatencyBench
{
    private const int Accounts = 250;

    private static readonly Load[] Full = [new("1 per second", 200, 1), new("25 per second", 2_000, 25), new("150 per second", 6_000, 150)];
    private static readonly Load[] Short = [new("1 per second", 3, 1), new("25 per second", 50, 25), new("150 per second", 150, 150)];

    private sealed record Load(string Name, int Changes, double PerSecond);

    public static async Task RunAsync(bool brief, CancellationToken cancellationToken)
    {
        await using var stack = await Stack.StartAsync(new StackOptions { Durable = true, WithDashboard = false }, cancellationToken);
        await using var supabase = NpgsqlDataSource.Create(stack.Project.OwnerConnectionString);
        await using var kamailio = new MySqlDataSource(stack.KamailioDatabase.RootConnectionString);
        var accounts = await Residence.CreateAsync(supabase, Accounts, cancellationToken);
        await Residence.WaitUntilAppliedAsync(supabase, cancellationToken);

        var figures = new Dictionary<string, Percentiles>();
        var table = new Table("commit to applied", "changes", "p50 ms", "p99 ms", "max ms");
        foreach (var load in brief ? Short : Full)
        {
            Console.WriteLine($"{load.Name}: {load.Changes} changes, about {load.Changes / load.PerSecond:0} s ...");
            var latency = Percentiles.Of(await new RekeyLoad(supabase, kamailio, accounts).RunAsync(load.Changes, load.PerSecond, cancellationToken));
            figures[load.Name] = latency;
            table.Add(load.Name, $"{latency.Samples}", $"{latency.P50:0.0}", $"{latency.P99:0.0}", $"{latency.Max:0.0}");
        }

        Console.WriteLine(table);
        Console.WriteLine(ResultFile.Write(brief ? "latency-short" : "latency", await Residence.VersionsAsync(supabase, kamailio, cancellationToken), figures));
    }
}
