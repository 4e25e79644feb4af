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
public sealed class DrainRunner(Func<CancellationToken, Task<TurnReport>> turn, IOptions<DrainOptions> options, ILogger<DrainRunner> logger)
{
    private static readonly TimeSpan SupabaseRetry = TimeSpan.FromSeconds(1);

    private readonly Channel<Waiter> _asked = Channel.CreateUnbounded<Waiter>();
    private readonly List<Waiter> _joined = [];
    private readonly ConcurrentDictionary<DrainReport, bool> _watching = new();

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

    /// <summary>Runs until cancelled: the host's background task.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await _asked.Reader.WaitToReadAsync(cancellationToken))
            await DrainAndLingerAsync(cancellationToken);
    }

    private async Task DrainAndLingerAsync(CancellationToken cancellationToken)
    {
        var idleSince = Stopwatch.GetTimestamp();
        do
        {
            JoinThoseWhoAsked();
            var pause = await TakeTurnAsync(cancellationToken);
            if (pause == TimeSpan.Zero)
            {
                idleSince = Stopwatch.GetTimestamp();
                continue;
            }

            if (pause > options.Value.LingerPoll)
                idleSince = Stopwatch.GetTimestamp();
            await PauseAsync(pause, cancellationToken);
        }
        while (_joined.Count > 0 || _asked.Reader.TryPeek(out _) || Stopwatch.GetElapsedTime(idleSince) < options.Value.LingerFor);
    }

    /// <summary>Answers how long to wait before the next turn: not at all after work, a moment when nothing was due.</summary>
    private async Task<TimeSpan> TakeTurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            var report = await TakeAndReportAsync(cancellationToken);
            if (report.IsFull && !report.Outage)
                report = await WorkOffBacklogAsync(cancellationToken);

            if (report.Outage)
            {
                Answer(complete: false);
                return options.Value.OutageBackoff;
            }

            if (report == TurnReport.NothingDue)
            {
                Answer(complete: true);
                return options.Value.LingerPoll;
            }

            return TimeSpan.Zero;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Whatever it was, the leases run out and the fences hold; giving up here would leave the queue unserved.
            Measures.SupabaseFailed();
            logger.SupabaseFailed(exception.GetType().Name, (exception as PostgresException)?.SqlState, SupabaseRetry);
            Answer(complete: false);
            return SupabaseRetry;
        }
    }

    /// <summary>
    /// Several lanes, each turn after turn, until one comes back less than full: while one waits for Postgres another keeps
    /// MySQL busy. What its last look found says nothing of what the other lanes hold, so nobody is answered from here:
    /// the next look, when all lanes have ended, is the one that counts.
    /// </summary>
    private async Task<TurnReport> WorkOffBacklogAsync(CancellationToken cancellationToken)
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
                    var report = await TakeAndReportAsync(cancellationToken);
                    outage |= report.Outage;
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

    private async Task<TurnReport> TakeAndReportAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        lock (_joined)
            Spans.AskedBy(_joined.Select(waiter => waiter.AskedBy));
        var report = await turn(cancellationToken);
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
