using System.Diagnostics;
using Neolia.Chaos;
using Neolia.Chaos.Mutants;
using Neolia.Chaos.Parts;
using Neolia.Chaos.Reporting;

// ./dev chaos [--minutes N] [--seed S] [--part NAME] [--mutants [NAME]]
var arguments = ChaosArguments.Parse(args);
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

if (arguments.Mutants)
{
    var mutants = Mutant.All.Where(mutant => arguments.Mutant is null || mutant.Name == arguments.Mutant).ToList();
    Console.WriteLine("Publishing a copy of the program with deliberate bugs");
    var mutated = await MutantBuild.PublishAsync(stop.Token);
    return mutants.Count > 0 && await MutantHunt.RunAsync(mutants, mutated, arguments.Seed, Console.Out, stop.Token) == 0 ? 0 : 1;
}

var parts = Part.All.Where(part => arguments.Part is null || part.Name == arguments.Part).ToList();
if (parts.Count == 0)
{
    Console.Error.WriteLine($"There is no part '{arguments.Part}': {string.Join(", ", Part.All.Select(part => part.Name))}");
    return 2;
}

var started = Stopwatch.GetTimestamp();
await using var ground = await Ground.StartAsync(arguments.Seed, program: null, stop.Token);
await new ChaosRun(ground, Console.Out).RunAsync(parts, arguments.Time, stop.Token);
if (arguments.Part is null)
{
    await new KamailioDeaths(ground).RunAsync(rounds: 5, stop.Token);
    await new RecoveryTimes(ground).MeasureAsync(rounds: 2, stop.Token);
}

Console.Write(Report.Of(ground, Stopwatch.GetElapsedTime(started)));
return ground.Checker.Violations.Total == 0 ? 0 : 1;
