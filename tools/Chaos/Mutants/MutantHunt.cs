using System.Diagnostics;
using Neolia.Chaos.Checking;
using Neolia.Chaos.Parts;
using Neolia.Chaos.Reporting;
using Neolia.Chaos.Workers;

namespace Neolia.Chaos.Mutants;

/// <summary>Proves that the harness can fail: runs it on each deliberate bug until it finds a violation.</summary>
internal static class MutantHunt
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Stretch = TimeSpan.FromSeconds(6);

    /// <summary>Answers how many were not found.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<Mutant> mutants, string executable, int seed, TextWriter output, CancellationToken cancellationToken)
    {
        var missed = 0;
        foreach (var mutant in mutants)
        {
            var (found, after) = await HuntAsync(mutant, executable, seed, cancellationToken);
            missed += found is null ? 1 : 0;
            await output.WriteLineAsync(found is null
                ? $"MISSED  {mutant.Name}: {mutant.Meaning}; nothing after {after.TotalSeconds:0} s"
                : $"caught  {mutant.Name}: {mutant.Meaning}; after {after.TotalSeconds:0} s: {found.Kind}: {found.Text}");
        }

        return missed;
    }

    private static async Task<(Violation? Found, TimeSpan After)> HuntAsync(Mutant mutant, string executable, int seed, CancellationToken cancellationToken)
    {
        var program = new CrewProgram(executable, new Dictionary<string, string> { [Mutant.Variable] = mutant.Name });
        await using var ground = await Ground.StartAsync(seed, program, cancellationToken);
        if (mutant.Sql is { } sql)
            await ground.Arena.Supabase.ExecuteAsync(sql, cancellationToken);
        var run = new ChaosRun(ground, new Journal(TextWriter.Null, file: null));
        var part = Part.All.Single(part => part.Name == mutant.Part);
        if (mutant.Aim.Count > 0)
            part = part with { Crew = part.Crew with { Aim = mutant.Aim } };
        await run.BeginAsync(cancellationToken);

        var began = Stopwatch.GetTimestamp();
        while (ground.Checker.Violations.Total == 0 && Stopwatch.GetElapsedTime(began) < Longest)
            await run.StretchAsync(part, Stretch, cancellationToken);
        return (ground.Checker.Violations.First.Count > 0 ? ground.Checker.Violations.First[0] : null, Stopwatch.GetElapsedTime(began));
    }
}
