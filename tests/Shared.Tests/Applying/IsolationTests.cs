using Neolia.Functions.Applying;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Tests.Applying;

/// <summary>I5, over batches whose rows fail as the test says.</summary>
public sealed class IsolationTests
{
    private readonly ManualClock _clock = new(DateTimeOffset.UnixEpoch);
    private readonly List<int> _attempts = [];

    [Fact]
    public async Task Bad_row_fails_alone_and_all_others_go_through()
    {
        var results = await ApplyAsync(400, row => row == 217 ? Failures.Of(1406, "22001") : null);

        Assert.Equal(400, results.Count);
        var failed = Assert.Single(results, r => r.Outcome != Outcome.Updated);
        Assert.Equal((217, Outcome.Refused, "not_storable"), (failed.Version, failed.Outcome, failed.Problem!.Code));
        Assert.DoesNotContain("0123", failed.Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_row_is_reported_once_when_all_are_bad()
    {
        var results = await ApplyAsync(9, _ => Failures.Of(1644, "45000"));

        Assert.Equal(Enumerable.Range(0, 9), results.Select(r => (int)r.Version).Order());
        Assert.All(results, r => Assert.Equal(Outcome.Refused, r.Outcome));
    }

    [Fact]
    public async Task Deadlock_is_repeated_whole()
    {
        var deadlocks = 2;

        var results = await ApplyAsync(8, _ => deadlocks-- > 0 ? Failures.Of(1213, "40001") : null);

        Assert.Equal([8, 8, 8], _attempts);
        Assert.All(results, r => Assert.Equal(Outcome.Updated, r.Outcome));
    }

    [Fact]
    public async Task Row_that_stays_locked_is_tried_again_later()
    {
        var results = await ApplyAsync(8, row => row == 5 ? Failures.Of(1205) : null);

        var busy = Assert.Single(results, r => r.Outcome != Outcome.Updated);
        Assert.Equal((5, Outcome.Retry, "kamailio_busy"), (busy.Version, busy.Outcome, busy.Problem!.Code));
    }

    [Fact]
    public async Task Somebody_who_holds_everything_locked_does_not_hold_up_the_drain_past_its_lease()
    {
        var results = await ApplyAsync(400, _ =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return Failures.Of(1205);
        });

        Assert.Equal(400, results.Count);
        Assert.All(results, r => Assert.Equal(Outcome.Retry, r.Outcome));
        Assert.InRange(_clock.GetUtcNow() - DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(25));
    }

    [Fact]
    public async Task Outage_is_not_split()
    {
        await Assert.ThrowsAsync<KamailioOutageException>(() => ApplyAsync(8, _ => new IOException()));

        Assert.Equal([8], _attempts);
    }

    [Fact]
    public async Task Outage_after_some_rows_went_through_is_an_outage()
    {
        var calls = 0;

        await Assert.ThrowsAsync<KamailioOutageException>(() => ApplyAsync(8, _ => ++calls switch
        {
            1 => Failures.Of(1406, "22001"),
            2 or 3 or 4 or 5 => null,
            _ => new IOException(),
        }));
    }

    [Fact]
    public async Task Fault_nobody_thought_of_is_tried_again_and_keeps_to_itself()
    {
        var results = await ApplyAsync(8, row => row == 3 ? new InvalidOperationException("with ha1=0123") : null);

        var failed = Assert.Single(results, r => r.Outcome != Outcome.Updated);
        Assert.Equal((3, Outcome.Retry, "kamailio_error"), (failed.Version, failed.Outcome, failed.Problem!.Code));
        Assert.DoesNotContain("0123", failed.Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_is_no_failure_of_a_row() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ApplyAsync(8, _ => new OperationCanceledException()));

    private Task<IReadOnlyList<SubjectResult>> ApplyAsync(int count, Func<int, Exception?> fail) => Isolation.ApplyAsync(
        Enumerable.Range(0, count).ToList(),
        (rows, _) =>
        {
            _attempts.Add(rows.Count);
            foreach (var row in rows)
            {
                if (fail(row) is { } failure)
                    throw failure;
            }

            return Task.FromResult<IReadOnlyList<SubjectResult>>([.. rows.Select(row => new SubjectResult(SubjectOf(row), row, Outcome.Updated))]);
        },
        row => (SubjectOf(row), row),
        new Patience(_clock),
        TestContext.Current.CancellationToken);

    private static Subject SubjectOf(int row) => new(SubjectKind.Account, new Guid(row, 0, 0, new byte[8]));
}
