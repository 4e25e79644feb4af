using System.Globalization;
using System.Runtime.InteropServices;
using Neolia.Chaos;
using Neolia.Chaos.Checking;
using Neolia.Chaos.Mutants;
using Neolia.Chaos.Parts;
using Neolia.Chaos.Reporting;
using Neolia.LocalStack;

// ./dev chaos [--minutes N] [--seed S] [--part NAME] [--mutants [NAME]]
var arguments = ChaosArguments.Parse(args);
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

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

var report = Path.Combine(Repository.Root, "artifacts", "chaos", string.Create(CultureInfo.InvariantCulture, $"seed-{arguments.Seed}.txt"));
Console.WriteLine($"The report so far, again after each stretch: {report}");
await using var ground = await Ground.StartAsync(arguments.Seed, program: null, stop.Token);
ground.Checker.Evidence = new Evidence(Path.ChangeExtension(report, null), ground.Crew.ProcessLog);
var journal = new Journal(Console.Out, report);
var isComplete = false;
try
{
    if (arguments.Time > TimeSpan.Zero)
        await new ChaosRun(ground, journal).RunAsync(parts, arguments.Time, stop.Token);
    if (arguments.Part is null)
    {
        await new KamailioDeaths(ground).RunAsync(rounds: 5, stop.Token);
        await new RecoveryTimes(ground).MeasureAsync(rounds: 2, stop.Token);
    }

    isComplete = true;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.WriteLine("Interrupted");
}
finally
{
    // Also when the harness itself broke: what was found until then counts.
    await journal.CloseAsync(ground, isInterrupted: !isComplete);
}

return isComplete && ground.Checker.Violations.Total == 0 ? 0 : 1;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
