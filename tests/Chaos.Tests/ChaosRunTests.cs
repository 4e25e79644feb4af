using System.Diagnostics;
using Neolia.Chaos.Parts;
using Neolia.Chaos.Reporting;
using Neolia.Chaos.Workers;

namespace Neolia.Chaos.Tests;

/// <summary>A short run with a fixed seed over all kinds of faults; ./dev chaos makes long ones.</summary>
public sealed class ChaosRunTests(ITestOutputHelper output)
{
    private const int Seed = 20260301;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(36);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_lost_and_nothing_resurrected_whatever_dies()
    {
        var started = Stopwatch.GetTimestamp();
        await using var ground = await Ground.StartAsync(Seed, program: null, Cancelled);
        using var progress = new StringWriter();
        await new ChaosRun(ground, new Journal(progress, file: null)).RunAsync(Part.All, Time, Cancelled);

        var report = Report.Of(ground, Stopwatch.GetElapsedTime(started));
        output.WriteLine(progress.ToString());
        output.WriteLine(report);
        Assert.True(ground.Checker.Violations.Total == 0, report);

        // A run that did little would prove little.
        Assert.True(ground.Crew.Log.Kills > 30, report);
        Assert.True(ground.Checker.Changes.Values.Sum() > 5_000, report);
        Assert.True(ground.Checker.Contacts.Kicked > 0, report);
        Assert.True(ground.Faults.Counts.Count >= 3, report);
        var unseen = Enum.GetValues<DrainStep>().Except(ground.Crew.Log.PassedSteps.Keys).Except([DrainStep.RenewVersions]).ToList();
        Assert.True(unseen.Count == 0, $"Steps that are not recognised on the wire any more: {string.Join(", ", unseen)}");
    }
}
