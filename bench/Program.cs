using Neolia.Bench;
using Neolia.Bench.Bulk;
using Neolia.Bench.Dashboard;
using Neolia.Bench.Drain;
using Neolia.Bench.Enrolment;
using Neolia.Bench.Growth;
using Neolia.Bench.HeldSnapshot;
using Neolia.Bench.Kamailio;
using Neolia.Bench.Latency;
using Neolia.Bench.Reconcile;
using Neolia.Bench.Registrations;
using Neolia.Bench.Startup;

// ./dev bench NAME [--short] [--rows N,N] [--runs N] [--buffers MIB]
var benches = new Dictionary<string, Func<BenchArguments, CancellationToken, Task>>
{
    ["enrolment"] = (arguments, cancellationToken) => EnrolmentBench.RunAsync(arguments.Short, cancellationToken),
    ["latency"] = (arguments, cancellationToken) => LatencyBench.RunAsync(arguments.Short, cancellationToken),
    ["drain"] = DrainBench.RunAsync,
    ["reconcile"] = ReconcileBench.RunAsync,
    ["growth"] = GrowthBench.RunAsync,
    ["held-snapshot"] = HeldSnapshotBench.RunAsync,
    ["bulk"] = BulkBench.RunAsync,
    ["kamailio"] = KamailioBench.RunAsync,
    ["dashboard"] = DashboardBench.RunAsync,
    ["registrations"] = RegistrationsBench.RunAsync,
    ["startup"] = (arguments, cancellationToken) => StartupBench.RunAsync(arguments.Short, cancellationToken),
};

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

var arguments = BenchArguments.Parse(args);
var chosen = arguments.Name == "all" ? [.. benches.Keys] : benches.Keys.Where(name => name == arguments.Name).ToList();
foreach (var name in chosen)
{
    Console.WriteLine($"-- {name}");
    await benches[name](arguments, stop.Token);
}

if (chosen.Count == 0)
    Console.Error.WriteLine($"usage: ./dev bench {string.Join('|', benches.Keys)}|all [--short] [--rows N,N] [--runs N] [--buffers MIB]");
return chosen.Count > 0 ? 0 : 2;
