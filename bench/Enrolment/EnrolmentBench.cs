using MySqlConnector;
using Neolia.Bench.Latency;
using Neolia.Bench.Reporting;
using Neolia.LocalStack;
using Npgsql;

namespace Neolia.Bench.Enrolment;

/// <summary>
/// A device that redeems a link, to its being registered: POST to the published app, which waits until Kamailio has the new
/// digests, then a REGISTER over UDP with the password that it got, challenge included. Both databases write to the disk at
/// every commit.
/// </summary>
internal static class EnrolmentBench
{
    private const int WarmUp = 5;

    public static async Task RunAsync(bool brief, CancellationToken cancellationToken)
    {
        var devices = brief ? 10 : 300;
        await using var stack = await Stack.StartAsync(new StackOptions { Durable = true, WithDashboard = false }, cancellationToken);
        await using var supabase = NpgsqlDataSource.Create(stack.Project.OwnerConnectionString);
        await using var kamailio = new MySqlDataSource(stack.KamailioDatabase.RootConnectionString);
        await Residence.CreateAsync(supabase, devices, cancellationToken);
        await Residence.WaitUntilAppliedAsync(supabase, cancellationToken);
        using var load = new EnrolmentLoad(stack, supabase);
        await load.RunAsync(await load.MakeLinksAsync(WarmUp, cancellationToken), sideBySide: 1, cancellationToken);

        var (redeemed, registered) = (new Dictionary<string, Percentiles>(), new Dictionary<string, Percentiles>());
        var table = new Table("link to device", "devices", "redeemed p50 ms", "registered p50 ms", "p99 ms", "max ms");
        foreach (var (name, sideBySide) in new[] { ("one after the other", 1), ("ten at once", 10) })
        {
            var times = await load.RunAsync(await load.MakeLinksAsync(devices, cancellationToken), sideBySide, cancellationToken);
            redeemed[name] = Percentiles.Of(times.Select(t => t.Redeemed));
            registered[name] = Percentiles.Of(times.Select(t => t.Registered));
            table.Add(name, $"{devices}", $"{redeemed[name].P50:0.0}", $"{registered[name].P50:0.0}", $"{registered[name].P99:0.0}", $"{registered[name].Max:0.0}");
        }

        Console.WriteLine(table);
        Console.WriteLine(ResultFile.Write(
            brief ? "enrolment-short" : "enrolment", await Residence.VersionsAsync(supabase, kamailio, cancellationToken), new { Redeemed = redeemed, Registered = registered }));
    }
}
