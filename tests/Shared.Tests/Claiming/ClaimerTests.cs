using Neolia.Functions.Claiming;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Tests.Claiming;

/// <summary>Where claims begin. The queue is in the test's hands; a walk from its start takes a second, unless told otherwise.</summary>
public sealed class ClaimerTests : IDisposable
{
    private const int Limit = 2;

    private static readonly DateTime Due = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly ManualClock _clock = new(Due);
    private readonly Queue _queue;
    private readonly Claimer _claimer;

    public ClaimerTests()
    {
        _queue = new Queue(_clock);
        _claimer = new Claimer(_queue, _clock);
    }

    [Fact]
    public async Task Goes_on_behind_the_last_row_of_a_full_claim()
    {
        Assert.Equal(2, await ClaimAsync(2, thorough: false));
        Assert.Equal(2, await ClaimAsync(2, thorough: false));
        Assert.Equal(1, await ClaimAsync(1, thorough: false));

        Assert.Equal([QueuePosition.Start, _queue.Rows[1], _queue.Rows[3]], _queue.Looks);
    }

    [Fact]
    public async Task Walk_that_finds_rows_of_long_before_does_not_lose_the_place()
    {
        await ClaimAsync(2, thorough: false);
        await ClaimAsync(2, thorough: false);
        _clock.Advance(TimeSpan.FromMinutes(1));
        _queue.NextRowAt = Due.AddHours(-1);
        await ClaimAsync(2, thorough: false);
        await ClaimAsync(0, thorough: false);

        Assert.Equal([QueuePosition.Start, _queue.Rows[1], QueuePosition.Start, _queue.Rows[3], QueuePosition.Lately], _queue.Looks);
    }

    [Fact]
    public async Task Short_look_says_nothing_of_what_lies_far_back()
    {
        await ClaimAsync(0, thorough: false);
        _queue.Looks.Clear();

        Assert.Equal(0, await ClaimAsync(0, thorough: false));

        Assert.Equal([QueuePosition.Lately], _queue.Looks);
    }

    [Fact]
    public async Task Thorough_look_goes_from_the_start_before_it_says_that_nothing_is_due()
    {
        await ClaimAsync(0, thorough: true);
        _queue.Looks.Clear();

        Assert.Equal(0, await ClaimAsync(0, thorough: true));

        Assert.Equal([QueuePosition.Lately, QueuePosition.Start], _queue.Looks);
    }

    [Fact]
    public async Task Thorough_look_that_finds_something_lately_needs_no_walk()
    {
        await ClaimAsync(0, thorough: true);
        _queue.Looks.Clear();

        Assert.Equal(1, await ClaimAsync(1, thorough: true));

        Assert.Equal([QueuePosition.Lately], _queue.Looks);
    }

    [Fact]
    public async Task Thorough_look_begins_with_the_walk_where_that_is_cheap()
    {
        _queue.WalkTakes = TimeSpan.FromMilliseconds(1);
        await ClaimAsync(0, thorough: true);
        await ClaimAsync(0, thorough: true);

        Assert.Equal([QueuePosition.Start, QueuePosition.Start], _queue.Looks);
    }

    [Fact]
    public async Task Walk_that_failed_is_not_repeated_at_once()
    {
        _queue.Fails = true;
        await Assert.ThrowsAsync<TimeoutException>(() => ClaimAsync(0, thorough: false));
        await ClaimAsync(1, thorough: false);
        await ClaimAsync(1, thorough: false);

        // The second takes along what the claim that was not answered may have leased, wherever that is.
        Assert.Equal([QueuePosition.Start, QueuePosition.Start, QueuePosition.Lately], _queue.Looks);
    }

    [Fact]
    public async Task Walks_from_the_start_take_a_twentieth_of_the_time()
    {
        await ClaimAsync(0, thorough: false);
        _queue.Looks.Clear();
        _clock.Advance(TimeSpan.FromSeconds(19.9));
        await ClaimAsync(0, thorough: false);
        _clock.Advance(TimeSpan.FromSeconds(0.2));
        await ClaimAsync(0, thorough: false);

        Assert.Equal([QueuePosition.Lately, QueuePosition.Start], _queue.Looks);
    }

    [Fact]
    public async Task Rows_that_moved_before_they_were_locked_are_looked_for_again()
    {
        await ClaimAsync(0, thorough: false);
        _queue.Looks.Clear();
        _queue.Moved = 1;

        Assert.Equal(1, await ClaimAsync(1, thorough: false));

        Assert.Equal([QueuePosition.Lately, QueuePosition.Lately], _queue.Looks);
    }

    public void Dispose() => _claimer.Dispose();

    private async Task<int> ClaimAsync(int due, bool thorough)
    {
        _queue.DueNow = due;
        return (await _claimer.ClaimDueAsync(Limit, TimeSpan.FromMinutes(1), thorough, TestContext.Current.CancellationToken)).Subjects.Count;
    }

    private sealed class Queue(ManualClock clock) : IClaimStatements
    {
        public List<QueueKey> Looks { get; } = [];

        /// <summary>All that were claimed, in order.</summary>
        public List<QueueKey> Rows { get; } = [];

        public int DueNow { get; set; }

        /// <summary>A row a second from then on.</summary>
        public DateTime NextRowAt { get; set; } = Due;

        public TimeSpan WalkTakes { get; set; } = TimeSpan.FromSeconds(1);

        /// <summary>The next look does.</summary>
        public bool Fails { get; set; }

        /// <summary>How many looks find rows that moved.</summary>
        public int Moved { get; set; }

        public Task<Claimed> ClaimAsync(Guid lease, int limit, TimeSpan duration, QueueKey from, CancellationToken cancellationToken)
        {
            Looks.Add(from);
            if (from == QueuePosition.Start)
                clock.Advance(WalkTakes);
            if (Fails)
            {
                Fails = false;
                return Task.FromException<Claimed>(new TimeoutException());
            }

            if (Moved > 0)
            {
                Moved--;
                return Task.FromResult(new Claimed([], DueNow, null));
            }

            var rows = Enumerable.Range(0, Math.Min(limit, DueNow)).Select(_ => new QueueKey(NextRowAt = NextRowAt.AddSeconds(1), Guid.NewGuid())).ToList();
            Rows.AddRange(rows);
            QueueKey? last = rows.Count > 0 ? rows[^1] : null;
            return Task.FromResult(new Claimed([.. rows.Select(r => new Subject(SubjectKind.Account, r.SubjectId))], rows.Count, last));
        }

        public Task<IReadOnlyList<Subject>> FreeAsync(Lease lease, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Subject>>([]);
    }
}
