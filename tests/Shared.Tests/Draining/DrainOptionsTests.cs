using Neolia.Functions.Draining;

namespace Neolia.Functions.Tests.Draining;

public sealed class DrainOptionsTests
{
    [Fact]
    public void Defaults_are_valid() => Assert.True(new DrainOptionsValidator().Validate(null, new DrainOptions()).Succeeded);

    public static TheoryData<string, Action<DrainOptions>> Bad => new()
    {
        { "BatchSize", o => o.BatchSize = 0 },
        { "BatchSize", o => o.BatchSize = 500 },
        { "Lanes", o => o.Lanes = 0 },
        { "Lease", o => o.Lease = TimeSpan.Zero },
        { "BackoffFrom", o => o.BackoffFrom = TimeSpan.Zero },
        { "BackoffTo", o => o.BackoffTo = o.BackoffFrom / 2 },
        { "LingerPoll", o => o.LingerPoll = TimeSpan.Zero },
        { "LingerFor", o => o.LingerFor = TimeSpan.FromSeconds(-1) },
        { "RequestBudget", o => o.RequestBudget = TimeSpan.FromSeconds(201) },
        { "Interval", o => o.Interval = TimeSpan.Zero },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Bad_setting_is_named_in_one_sentence(string setting, Action<DrainOptions> change)
    {
        var options = new DrainOptions();
        change(options);

        Assert.StartsWith($"Drain__{setting} is ", Assert.Single(new DrainOptionsValidator().Validate(null, options).Failures!), StringComparison.Ordinal);
    }
}
