using Neolia.Functions.Checking;

namespace Neolia.Functions.Tests.Checking;

/// <summary>However many ask, one measurement runs.</summary>
public sealed class SharedMeasurementTests
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);

    private readonly ManualClock _clock = new(DateTimeOffset.UnixEpoch);
    private readonly List<TaskCompletionSource<int>> _begun = [];
    private readonly SharedMeasurement<int> _shared;

    public SharedMeasurementTests() => _shared = new SharedMeasurement<int>(BeginAsync, FreshFor, _clock);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_asks_while_one_runs_joins_it_however_long_it_takes()
    {
        var first = _shared.AskAsync(Cancelled);
        _clock.Advance(FreshFor * 2);
        var second = _shared.AskAsync(Cancelled);
        _begun[0].SetResult(7);

        Assert.Equal((7, 7), (await first, await second));
        Assert.Single(_begun);
    }

    [Fact]
    public async Task Who_asks_right_after_is_told_the_same_and_later_it_is_measured_again()
    {
        var first = _shared.AskAsync(Cancelled);
        _begun[0].SetResult(7);
        await first;

        _clock.Advance(FreshFor - TimeSpan.FromMilliseconds(1));
        Assert.Equal(7, await _shared.AskAsync(Cancelled));

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        var again = _shared.AskAsync(Cancelled);
        _begun[1].SetResult(8);
        Assert.Equal(8, await again);
    }

    [Fact]
    public async Task A_fault_is_told_to_those_who_waited_and_kept_for_nobody()
    {
        var first = _shared.AskAsync(Cancelled);
        _begun[0].SetException(new InvalidOperationException());
        await Assert.ThrowsAsync<InvalidOperationException>(() => first);

        var again = _shared.AskAsync(Cancelled);
        _begun[1].SetResult(8);
        Assert.Equal(8, await again);
    }

    [Fact]
    public async Task Who_hangs_up_leaves_it_to_the_others()
    {
        using var hungUp = new CancellationTokenSource();
        var first = _shared.AskAsync(hungUp.Token);
        var second = _shared.AskAsync(Cancelled);
        await hungUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _begun[0].SetResult(7);

        Assert.Equal(7, await second);
    }

    private Task<int> BeginAsync()
    {
        var one = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _begun.Add(one);
        return one.Task;
    }
}
