using Neolia.Bench.Latency;
using Neolia.Bench.Startup;

// ./dev bench NAME [--short]
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

var brief = args.Contains("--short");
switch (args.FirstOrDefault(a => !a.StartsWith('-')))
{
    case "latency":
        await LatencyBench.RunAsync(brief, stop.Token);
        return 0;
    case "startup":
        await StartupBench.RunAsync(brief, stop.Token);
        return 0;
    default:
        Console.Error.WriteLine("usage: ./dev bench latency|startup [--short]");
        return 2;
}
