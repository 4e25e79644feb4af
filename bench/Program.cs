using Neolia.Bench.Latency;

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
    default:
        Console.Error.WriteLine("usage: ./dev bench latency [--short]");
        return 2;
}
