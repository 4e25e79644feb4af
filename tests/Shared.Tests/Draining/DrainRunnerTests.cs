using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Neolia.Functions.Applying;
using Neolia.Functions.Draining;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Tests.Draining;

/// <summary>The turns are in the test's hands: it sees each begin and says how it ends.</summary>
public sealed class DrainRunnerTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly TurnReport Work = new([new SubjectResult(new Subject(SubjectKind.Account, Guid.NewGuid()), 1, Outcome.Created)], Outage: false);

    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<TaskCompletionSource<TurnReport>> _turns = Channel.CreateUnbounded<TaskCompletionSource<TurnReport>>();
    private readonly ConcurrentQueue<bool> _thorough = new();
    private readonly DrainOptions _options = new() { LingerFor = TimeSpan.Zero, LingerPoll = TimeSpan.FromMilliseconds(1), OutageBackoff = TimeSpan.FromMinutes(5) };
    private DrainRunner? _runner;
    private Task _running = Task.CompletedTask;
    private int _givenBack;

    [Fact]
    public async Task Answer_comes_when_a_look_found_nothing_due()
    {
        var asked = Ask();

        (await TurnAsync()).SetResult(Work);
        var second = await TurnAsync();
        Assert.False(asked.IsCompleted);
        second.SetResult(TurnReport.NothingDue);

        var report = await asked.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.True(report.Complete);
        Assert.Equal((1, 1), (report.Applied, report.Count(Outcome.Created)));
    }

    [Fact]
    public async Task Who_asks_during_a_turn_is_answered_only_after_a_look_that_began_later()
    {
        var first = Ask();
        var turn = await TurnAsync();
        var second = Ask();

        turn.SetResult(TurnReport.NothingDue);
        Assert.True((await first.WaitAsync(Deadline, TestContext.Current.CancellationToken)).Complete);
        var later = await TurnAsync();
        Assert.False(second.IsCompleted);

        later.SetResult(Work);
        (await TurnAsync()).SetResult(TurnReport.NothingDue);
        Assert.Equal(1, (await second.WaitAsync(Deadline, TestContext.Current.CancellationToken)).Applied);
    }

    [Fact]
    public async Task All_who_ask_meanwhile_join_one_drain()
    {
        var first = Ask();
        var turn = await TurnAsync();
        var others = Enumerable.Range(0, 10).Select(_ => Ask()).ToList();
        turn.SetResult(TurnReport.NothingDue);
        await first.WaitAsync(Deadline, TestContext.Current.CancellationToken);

        (await TurnAsync()).SetResult(TurnReport.NothingDue);

        Assert.All(await Task.WhenAll(others).WaitAsync(Deadline, TestContext.Current.CancellationToken), report => Assert.True(report.Complete));
        Assert.False(_turns.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Backlog_is_taken_by_several_lanes_and_nobody_is_answered_while_one_of_them_works()
    {
        _options.Lanes = 3;
        var asked = Ask();
        (await TurnAsync()).SetResult(Work with { IsFull = true });
        var lanes = new[] { await TurnAsync(), await TurnAsync(), await TurnAsync() };

        lanes[0].SetResult(Work with { IsFull = true });
        (await TurnAsync()).SetResult(TurnReport.NothingDue);
        lanes[1].SetResult(Work);
        Assert.False(asked.IsCompleted);
        Assert.False(_turns.Reader.TryRead(out _));
        lanes[2].SetResult(Work);

        (await TurnAsync()).SetResult(TurnReport.NothingDue);
        var report = await asked.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.True(report.Complete);
        Assert.Equal(4, report.Count(Outcome.Created));
    }

    [Fact]
    public async Task Lane_that_fails_ends_the_others_after_their_turn()
    {
        _options.Lanes = 2;
        var asked = Ask();
        (await TurnAsync()).SetResult(Work with { IsFull = true });
        var lanes = new[] { await TurnAsync(), await TurnAsync() };

        lanes[0].SetException(new InvalidOperationException("Supabase is gone"));
        lanes[1].SetResult(Work with { IsFull = true });
        // It may have begun another turn before it saw that the other lane had ended.
        await ServeUntilAsync(asked, Work with { IsFull = true });

        Assert.False((await asked).Complete);
    }

    [Fact]
    public async Task Budget_ends_the_waiting_and_not_the_work()
    {
        var asked = Ask(TimeSpan.Zero);
        var turn = await TurnAsync();

        Assert.False((await asked.WaitAsync(Deadline, TestContext.Current.CancellationToken)).Complete);

        turn.SetResult(Work);
        (await TurnAsync()).SetResult(TurnReport.NothingDue);
    }

    [Fact]
    public async Task Callers_token_ends_its_waiting_and_not_the_work()
    {
        using var caller = new CancellationTokenSource();
        var asked = Runner.DrainAsync(Deadline, caller.Token);
        var turn = await TurnAsync();

        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);

        turn.SetResult(Work);
        (await TurnAsync()).SetResult(TurnReport.NothingDue);
    }

    [Fact]
    public async Task Lingers_after_work()
    {
        _options.LingerFor = Deadline;
        var asked = Ask();
        (await TurnAsync()).SetResult(Work);
        (await TurnAsync()).SetResult(TurnReport.NothingDue);
        await asked.WaitAsync(Deadline, TestContext.Current.CancellationToken);

        // Nobody asks any more, and still it looks.
        for (var i = 0; i < 5; i++)
            (await TurnAsync()).SetResult(TurnReport.NothingDue);
    }

    [Fact]
    public async Task Whole_queue_is_looked_at_while_somebody_waits_and_lanes_and_lingering_are_content_with_less()
    {
        _options.LingerFor = Deadline;
        _options.Lanes = 2;
        var asked = Ask();
        (await TurnAsync()).SetResult(Work with { IsFull = true });
        foreach (var lane in new[] { await TurnAsync(), await TurnAsync() })
            lane.SetResult(Work);
        (await TurnAsync()).SetResult(TurnReport.NothingDue);
        await asked.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        (await TurnAsync()).SetResult(Work);
        var lingering = await TurnAsync();

        Assert.Equal([true, false, false, true, false, false], _thorough);
        lingering.SetResult(TurnReport.NothingDue);
    }

    [Fact]
    public async Task Outage_is_answered_as_incomplete_and_pauses_until_somebody_asks()
    {
        var asked = Ask();
        (await TurnAsync()).SetResult(new TurnReport([], Outage: true));
        Assert.False((await asked.WaitAsync(Deadline, TestContext.Current.CancellationToken)).Complete);
        Assert.False(_turns.Reader.TryRead(out _));

        var again = Ask();
        (await TurnAsync()).SetResult(TurnReport.NothingDue);
        Assert.True((await again.WaitAsync(Deadline, TestContext.Current.CancellationToken)).Complete);
    }

    [Fact]
    public async Task Goes_on_by_itself_after_the_pause_of_an_outage()
    {
        _options.OutageBackoff = TimeSpan.FromMilliseconds(500);
        _ = Ask();

        (await TurnAsync()).SetResult(new TurnReport([], Outage: true));
        (await TurnAsync()).SetResult(new TurnReport([], Outage: true));

        // What met the outage backs off, and is waited for although nothing is due and nobody rings.
        (await TurnAsync()).SetResult(TurnReport.NothingDue);
        (await TurnAsync()).SetResult(Work);
    }

    [Fact]
    public async Task Survives_turns_that_throw_says_that_it_is_not_complete_and_tries_again_by_itself()
    {
        var asked = Ask();
        (await TurnAsync()).SetException(new InvalidOperationException("Supabase is gone"));
        Assert.False((await asked.WaitAsync(Deadline, TestContext.Current.CancellationToken)).Complete);

        (await TurnAsync()).SetException(new TaskCanceledException("a time-out, not the end"));

        var last = Ask();
        await ServeUntilAsync(last, TurnReport.NothingDue);
        Assert.True((await last).Complete);
    }

    [Fact]
    public async Task Turn_that_runs_when_the_end_comes_goes_to_its_end_and_then_all_is_given_back()
    {
        _ = Ask();
        var turn = await TurnAsync();

        await _stop.CancelAsync();
        Assert.False(_running.IsCompleted);
        Assert.Equal(0, _givenBack);
        turn.SetResult(Work);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running.WaitAsync(Deadline, TestContext.Current.CancellationToken));
        Assert.Equal(1, _givenBack);
        Assert.False(_turns.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Report_tells_what_became_of_the_subjects_of_interest()
    {
        var subject = new Subject(SubjectKind.Account, Guid.NewGuid());
        var report = new DrainReport([subject]);
        using var watching = Runner.Watch(report);
        var asked = Runner.DrainAsync(Deadline, TestContext.Current.CancellationToken);

        (await TurnAsync()).SetResult(new TurnReport([.. Work.Results, new SubjectResult(subject, 1, Outcome.Retry)], Outage: false));
        (await TurnAsync()).SetResult(new TurnReport([new SubjectResult(subject, 1, Outcome.Updated)], Outage: false));
        (await TurnAsync()).SetResult(TurnReport.NothingDue);

        await asked.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal((2, 1, 0, 0), (report.Applied, report.CountOfInterest(Outcome.Updated), report.CountOfInterest(Outcome.Retry), report.CountOfInterest(Outcome.Created)));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await ServeUntilAsync(_running, TurnReport.NothingDue);
        _stop.Dispose();
    }

    private DrainRunner Runner
    {
        get
        {
            if (_runner is null)
            {
                _runner = new DrainRunner(TakeTurnAsync, GiveBackAsync, Options.Create(_options), NullLogger<DrainRunner>.Instance);
                _running = _runner.RunAsync(_stop.Token);
            }

            return _runner;
        }
    }

    private Task<DrainReport> Ask(TimeSpan? budget = null) => Runner.DrainAsync(budget ?? Deadline, TestContext.Current.CancellationToken);

    private Task<TaskCompletionSource<TurnReport>> TurnAsync() => _turns.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline, TestContext.Current.CancellationToken);

    /// <summary>Ends each turn like this until it is over.</summary>
    private async Task ServeUntilAsync(Task over, TurnReport report)
    {
        using var ended = new CancellationTokenSource(Deadline);
        while (!over.IsCompleted)
        {
            var turn = _turns.Reader.WaitToReadAsync(ended.Token).AsTask();
            if (await Task.WhenAny(over, turn) == turn && await turn && _turns.Reader.TryRead(out var another))
                another.SetResult(report);
        }

        await ended.CancelAsync();
    }

    private Task GiveBackAsync(CancellationToken cancellationToken)
    {
        _givenBack++;
        return Task.CompletedTask;
    }

    private Task<TurnReport> TakeTurnAsync(bool thorough, CancellationToken cancellationToken)
    {
        _thorough.Enqueue(thorough);
        var turn = new TaskCompletionSource<TurnReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        _turns.Writer.TryWrite(turn);
        return turn.Task.WaitAsync(cancellationToken);
    }
}
