using Neolia.Functions.Checking;

namespace Neolia.Functions.Tests.Checking;

/// <summary>No measurement holds anybody up for longer than it may.</summary>
public sealed class BoundedTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task What_hangs_is_answered_for_when_its_time_is_up() =>
        Assert.Equal("too late", await Bounded.RunAsync(_ => new TaskCompletionSource<string>().Task, Moment, () => "too late", TestContext.Current.CancellationToken));

    [Fact]
    public async Task What_gives_up_when_told_is_answered_for_too() =>
        Assert.Equal("too late", await Bounded.RunAsync(WaitAsync, Moment, () => "too late", TestContext.Current.CancellationToken));

    [Fact]
    public async Task Nobody_is_answered_who_has_hung_up()
    {
        using var hungUp = new CancellationTokenSource();
        var asked = Bounded.RunAsync(WaitAsync, Timeout.InfiniteTimeSpan, () => "too late", hungUp.Token);
        await hungUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Fact]
    public async Task A_fault_stays_one() => await Assert.ThrowsAsync<InvalidOperationException>(
        () => Bounded.RunAsync<string>(_ => throw new InvalidOperationException(), Moment, () => "too late", TestContext.Current.CancellationToken));

    private static async Task<string> WaitAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return "never";
    }
}
