using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Neolia.Functions.Logging;
using Neolia.Functions.Telemetry;
using Npgsql;
using Span = System.Diagnostics.Activity;

namespace Neolia.Functions.Draining;

/// <summary>
/// The one drain of a process. Whoever asks while it runs joins it; it answers each when a look at the queue that
/// began after the asking found nothing due. After work it lingers: doorbells come late when changes come steadily,
/// and a look every few milliseconds sees a change at once. All of it is best effort and safe to be killed.
/// </summary>
/// <param name="turn">Takes a turn; thorough, it says that nothing is due only after a look at the whole queue.</param>
/// <param name="giveBack">What turns still hold that were cut off, when the process ends.</param>
public sealed class DrainRunner(
    Func<bool, CancellationToken, Task<TurnReport>> turn, Func<CancellationToken, Task> giveBack, IOptions<DrainOptions> options, ILogger<DrainRunner> logger)
{
    // A connection that died in the pool, or a server that was away for a blink: not worth a pause.
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SupabaseRetry = TimeSpan.FromSeconds(1);

    // However many doorbells ring: each would begin a turn that fails.
    private static readonly TimeSpan ShortestAfterFailure = TimeSpan.FromMilliseconds(100);

    /// <summary>For a turn that runs when the process is told to end (SIGTERM): nearly all are done in a part of it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan GiveBackWithin = TimeSpan.FromSeconds(2);

    private readonly Channel<Waiter> _asked = Channel.CreateUnbounded<Waiter>();
    private readonly List<Waiter> _joined = [];
    private readonly ConcurrentDictionary<DrainReport, bool> _watching = new();
    private int _failuresInARow;

    /// <summary>
    /// Asks for a drain and waits for it, <paramref name="budget"/> at most; the work goes on afterwards. The
    /// caller's token ends only its waiting.
    /// </summary>
    public async Task<DrainReport> DrainAsync(TimeSpan budget, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var waiter = new Waiter(new DrainReport(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), Span.Current?.Context ?? default);
        await _asked.Writer.WriteAsync(waiter, cancellationToken);
        try
        {
            await waiter.Done.Task.WaitAsync(budget, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The report says that it is not complete.
        }

        Measures.Drained(Stopwatch.GetElapsedTime(started), waiter.Report.Complete);
        return waiter.Report;
    }

    /// <summary>Reports everything that is done from now on, until disposed.</summary>
    public IDisposable Watch(DrainReport report)
    {
        _watching.TryAdd(report, true);
        return new Watcher(() => _watching.TryRemove(report, out _));
    }

    /// <summary>
    /// Runs until cancelled: the host's background task. A turn that runs then goes to its end, if it comes to one soon:
    /// cut off, its subjects would wait for its lease.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var turns = new CancellationTokenSource();
        await using var stopping = cancellationToken.Register(() => turns.CancelAfter(Grace));
        try
        {
            while (await _asked.Reader.WaitToReadAsync(cancellationToken))
                await DrainAndLingerAsync(turns.Token, cancellationToken);
        }
        finally
        {
            await GiveBackAsync();
        }
    }

    private async Task DrainAndLingerAsync(CancellationToken turns, CancellationToken cancellationToken)
    {
        var (idleSince, lingerFor) = (Stopwatch.GetTimestamp(), options.Value.LingerFor);
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            JoinThoseWhoAsked();
            var (pause, failed) = await TakeTurnAsync(turns, cancellationToken);
            if (pause == TimeSpan.Zero)
            {
                (idleSince, lingerFor) = (Stopwatch.GetTimestamp(), options.Value.LingerFor);
                continue;
            }

            if (failed)
                await Task.Delay(pause < ShortestAfterFailure ? pause : ShortestAfterFailure, cancellationToken);
            await PauseAsync(pause, cancellationToken);
            if (failed)
            {
                // It comes back after a back-off of its own, and nobody may ring for it: it is waited for here.
                var longest = Math.Max(options.Value.LingerFor.Ticks, 2 * options.Value.OutageBackoff.Ticks);
                (idleSince, lingerFor) = (Stopwatch.GetTimestamp(), TimeSpan.FromTicks(longest));
            }
        }
        while (_joined.Count > 0 || _asked.Reader.TryPeek(out _) || Stopwatch.GetElapsedTime(idleSince) < lingerFor);
    }

    /// <summary>Answers how long to wait before the next turn: not at all after work, a moment when nothing was due; and whether a database failed.</summary>
    private async Task<(TimeSpan Pause, bool Failed)> TakeTurnAsync(CancellationToken turns, CancellationToken cancellationToken)
    {
        try
        {
            // Nobody is told that nothing is due on the strength of a short look; and while nobody waits, short ones will do.
            var report = await TakeAndReportAsync(thorough: _joined.Count > 0, turns);
            if (report.IsFull && !report.Outage)
                report = await WorkOffBacklogAsync(turns, cancellationToken);

            _failuresInARow = 0;
            if (report.Outage)
            {
                Answer(complete: false);
                return (Jittered(options.Value.OutageBackoff), true);
            }

            if (report == TurnReport.NothingDue)
            {
                Answer(complete: true);
                return (options.Value.LingerPoll, false);
            }

            return (TimeSpan.Zero, false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !turns.IsCancellationRequested)
        {
            // Whatever it was, the leases run out and the fences hold; giving up here would leave the queue unserved.
            var pause = Jittered(_failuresInARow++ == 0 ? FirstRetry : SupabaseRetry);
            Measures.SupabaseFailed();
            logger.SupabaseFailed(exception.GetType().Name, (exception as PostgresException)?.SqlState, pause);
            Answer(complete: false);
            return (pause, true);
        }
    }

    /// <summary>Between half and all of it, so that processes that were stopped by the same outage don't come back together.</summary>
    private static TimeSpan Jittered(TimeSpan pause) => pause * (0.5 + (Random.Shared.NextDouble() / 2));

    private async Task GiveBackAsync()
    {
        // The caller's token has ended by now.
        using var soon = new CancellationTokenSource(GiveBackWithin);
        try
        {
            await giveBack(soon.Token);
        }
        catch (Exception exception)
        {
            // Then the leases run out by themselves.
            logger.SupabaseFailed(exception.GetType().Name, (exception as PostgresException)?.SqlState, TimeSpan.Zero);
        }
    }

    /// <summary>
    /// Several lanes, each turn after turn, until one comes back less than full: while one waits for Postgres another keeps
    /// MySQL busy. What its last look found says nothing of what the other lanes hold, so nobody is answered from here:
    /// the next look, when all lanes have ended, is the one that counts.
    /// </summary>
    private async Task<TurnReport> WorkOffBacklogAsync(CancellationToken turns, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var outage = false;
        await Task.WhenAll(Enumerable.Range(0, options.Value.Lanes).Select(_ => LaneAsync()));
        return new TurnReport([], outage, IsFull: true);

        async Task LaneAsync()
        {
            try
            {
                while (!over.IsCancellationRequested)
                {
                    JoinThoseWhoAsked();
                    // Not the token that ends the lanes: a turn that has begun goes to its end.
                    var report = await TakeAndReportAsync(thorough: false, turns);
                    if (report.Outage)
                        outage = true;
                    if (report.Outage || !report.IsFull)
                        break;
                }
            }
            finally
            {
                await over.CancelAsync();
            }
        }
    }

    private async Task<TurnReport> TakeAndReportAsync(bool thorough, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        lock (_joined)
            Spans.AskedBy(_joined.Select(waiter => waiter.AskedBy));
        var report = await turn(thorough, cancellationToken);
        lock (_joined)
        {
            foreach (var waiter in _joined)
                waiter.Report.Add(report.Results);
        }

        foreach (var watching in _watching.Keys)
            watching.Add(report.Results);
        if (report.Results.Count > 0)
        {
            var elapsed = Stopwatch.GetElapsedTime(started);
            Measures.Turned(report.Results, elapsed);
            logger.Drained(report.Results.Count, elapsed);
        }

        return report;
    }

    private void JoinThoseWhoAsked()
    {
        lock (_joined)
        {
            while (_asked.Reader.TryRead(out var waiter))
                _joined.Add(waiter);
        }
    }

    private void Answer(bool complete)
    {
        foreach (var waiter in _joined)
        {
            if (complete)
                waiter.Report.MarkComplete();
            waiter.Done.TrySetResult();
        }

        _joined.Clear();
    }

    /// <summary>Waits, but no longer than until somebody asks.</summary>
    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using var asked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = Task.Delay(pause, asked.Token);
        var ask = _asked.Reader.WaitToReadAsync(asked.Token).AsTask();
        await Task.WhenAny(delay, ask);
        await asked.CancelAsync();
        await Task.WhenAll(delay, ask).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private sealed class Watcher(Action stop) : IDisposable
    {
        public void Dispose() => stop();
    }

    private sealed record Waiter(DrainReport Report, TaskCompletionSource Done, ActivityContext AskedBy);
}
