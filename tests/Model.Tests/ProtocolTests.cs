using Neolia.Functions.Applying;
using Neolia.ProtocolModel;

namespace Neolia.Model.Tests;

/// <summary>
/// The drain's own code over models of both databases: whatever interleaving, crash, stall or outage, the laws hold
/// (docs/reliability.md, "How the protocol is checked").
/// </summary>
public sealed class ProtocolTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_law_holds_in_every_interleaving() => AssertHolds(Interleavings.Search(Scenarios.Ordinary, Seed.CountOr(20_000)));

    [Fact]
    public void Both_databases_agree_again_after_one_went_back_to_a_backup() => AssertHolds(Interleavings.Search(Scenarios.WithRestores, Seed.CountOr(6_000)));

    [Theory]
    [InlineData(Defect.FenceOff)]
    [InlineData(Defect.StateReadBeforeVersion)]
    [InlineData(Defect.AcknowledgeWithoutVersion)]
    [InlineData(Defect.FailureWithoutVersion)]
    [InlineData(Defect.DeleteWithoutOwnership)]
    [InlineData(Defect.VersionDrawnBeforeLock)]
    [InlineData(Defect.KickForgottenAfterCrash)]
    [InlineData(Defect.RegistrationNotCheckedAgain)]
    public void Deliberate_bug_is_found(Defect defect) => AssertFound(Interleavings.Search(Scenarios.Ordinary, 20_000, defect), defect);

    [Theory]
    [InlineData(Defect.HigherFenceAcknowledged)]
    public void Deliberate_bug_in_what_follows_a_restore_is_found(Defect defect) => AssertFound(Interleavings.Search(Scenarios.WithRestores, 20_000, defect), defect);

    private void AssertHolds(Search search)
    {
        output.WriteLine($"{search.Tried:N0} interleavings in {search.Took.TotalSeconds:F1} s, {search.Tried / search.Took.TotalSeconds:N0} a second, seed {Seed.Value}: {search.Coverage}");
        Assert.True(search.Broken is null, $"{search.Broken?.Message}\nafter {search.Tried} interleavings of seed {Seed.Value}; the shortest:\n{search.Trace}");
        Assert.All(Enum.GetValues<Outcome>(), outcome => Assert.True(search.Coverage[outcome] > 0, $"No interleaving came to {outcome}."));
    }

    private void AssertFound(Search search, Defect defect)
    {
        Assert.True(search.Broken is not null, $"{defect} was not found in {search.Tried:N0} interleavings.");
        output.WriteLine($"{defect} found after {search.Tried:N0} interleavings, {search.Took.TotalSeconds:F1} s with shrinking, as {search.Broken.Message}\n{search.Trace}");
        Assert.InRange(search.Shortest!.Length, 1, 20);
        Assert.Null(Simulation.Run(search.Shortest));
    }
}
