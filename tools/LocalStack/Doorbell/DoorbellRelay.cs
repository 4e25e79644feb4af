using System.Net.Http.Headers;
using Npgsql;

namespace Neolia.LocalStack.Doorbell;

/// <summary>
/// Stand-in for pg_net's background worker (src/worker.c, 0.20), over the tables and net.http_post of project.sql: woken
/// at a commit when idle, up to 1 s of sleep between batches, at most 200 in a batch, posted side by side, no retries.
/// One difference: the worker deletes a batch in the transaction that lasts until the last answer, so that it sends
/// again when it is killed in between; here the delete is committed first. At most once, the harder case for us.
/// </summary>
public sealed class DoorbellRelay : IAsyncDisposable
{
    /// <summary>pg_net.batch_size.</summary>
    public const int BatchSize = 200;

    private static readonly TimeSpan BetweenBatches = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RestartAfter = TimeSpan.FromSeconds(1); // net_worker_restart_time_sec

    private const string ConsumeQueue = """
        with rows as (select id from net.http_request_queue order by id limit $1)
        delete from net.http_request_queue q using rows where q.id = rows.id
        returning q.id, q.url, q.timeout_milliseconds,
          array(select key from jsonb_each_text(q.headers)), array(select value from jsonb_each_text(q.headers)), q.body
        """;

    private const string InsertResponse =
        "insert into net._http_response (id, status_code, content, timed_out, error_msg) values ($1, $2, $3, $4, $5)";

    private readonly string _connectionString;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _latch = new(0); // the worker process' latch
    private int _shouldWake = 1; // pg_net looks at its queue once when it starts
    private int _batches;
    private int _largestBatch;
    private int _posted;
    private int _disposed;
    private volatile bool _idle;
    private Task _running = Task.CompletedTask;

    private DoorbellRelay(string connectionString) => _connectionString = connectionString;

    /// <summary>Batches with at least one request, so far.</summary>
    public int Batches => Volatile.Read(ref _batches);

    public int LargestBatch => Volatile.Read(ref _largestBatch);

    /// <summary>Waiting for a commit, however long: the next one is seen at once.</summary>
    public bool IsIdle => _idle;

    /// <summary>Requests sent, answered or not.</summary>
    public int Posted => Volatile.Read(ref _posted);

    /// <param name="connectionString">One database, as its superuser. Returns once it listens.</param>
    public static async Task<DoorbellRelay> StartAsync(string connectionString, CancellationToken cancellationToken)
    {
        var relay = new DoorbellRelay(connectionString);
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        relay._running = relay.RunAsync(listening);
        try
        {
            await await Task.WhenAny(listening.Task, relay._running).WaitAsync(cancellationToken);
            return relay;
        }
        catch
        {
            await relay._stop.CancelAsync();
            throw;
        }
    }

    /// <summary>Ends it like a killed worker: what it had taken from the queue and not sent is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked for; anything else that ended it is a fault and comes out here.
        }
        _client.Dispose();
        _stop.Dispose();
        _latch.Dispose();
    }

    private async Task RunAsync(TaskCompletionSource listening)
    {
        while (true)
        {
            try
            {
                await using var source = NpgsqlDataSource.Create(_connectionString);
                await using var listener = await source.OpenConnectionAsync(_stop.Token);
                listener.Notification += (_, _) => WakeAtCommit();
                await using (var listen = new NpgsqlCommand("listen net_wake", listener))
                    await listen.ExecuteNonQueryAsync(_stop.Token);
                listening.TrySetResult();
                using var session = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                var ears = ListenAsync(listener, session.Token);
                var hands = WorkAsync(source, session.Token);
                var first = await Task.WhenAny(ears, hands);
                await session.CancelAsync();
                await Task.WhenAll(ears, hands).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await first;
            }
            catch (Exception e) when (e is NpgsqlException or IOException && listening.Task.IsCompleted && !_stop.IsCancellationRequested)
            {
                _idle = false;
                // The database went away: the postmaster starts the worker again, which then looks at its queue.
                Interlocked.Exchange(ref _shouldWake, 1);
                await Task.Delay(RestartAfter, _stop.Token);
            }
        }
    }

    private static async Task ListenAsync(NpgsqlConnection listener, CancellationToken cancellationToken)
    {
        while (true)
            await listener.WaitAsync(cancellationToken);
    }

    // wake_at_commit: only the first commit since the worker last cleared the flag sets its latch. This is what makes
    // doorbells late under steady changes: the flag stays up while the worker sleeps out its second.
    private void WakeAtCommit()
    {
        if (Interlocked.Exchange(ref _shouldWake, 1) == 0 && _latch.CurrentCount == 0)
            _latch.Release();
    }

    private async Task WorkAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Interlocked.Exchange(ref _shouldWake, 0) == 0)
            {
                _idle = true;
                await _latch.WaitAsync(cancellationToken);
                _idle = false;
                continue;
            }
            int consumed;
            do
            {
                var batch = await ConsumeAsync(source, cancellationToken);
                consumed = batch.Count;
                if (consumed > 0)
                    await PostAsync(source, batch, cancellationToken);
                await _latch.WaitAsync(BetweenBatches, cancellationToken);
            }
            while (consumed > 0);
        }
    }

    private static async Task<List<QueuedRequest>> ConsumeAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(ConsumeQueue);
        command.Parameters.Add(new NpgsqlParameter { Value = BatchSize });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var batch = new List<QueuedRequest>();
        while (await rows.ReadAsync(cancellationToken))
            batch.Add(new QueuedRequest(
                rows.GetInt64(0), rows.GetString(1), TimeSpan.FromMilliseconds(rows.GetInt32(2)),
                rows.GetFieldValue<string[]>(3), rows.GetFieldValue<string[]>(4),
                rows.IsDBNull(5) ? [] : rows.GetFieldValue<byte[]>(5)));
        return batch;
    }

    private async Task PostAsync(NpgsqlDataSource source, List<QueuedRequest> batch, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _batches);
        Interlocked.Exchange(ref _largestBatch, Math.Max(LargestBatch, batch.Count));
        var answers = await Task.WhenAll(batch.Select(request => PostAsync(request, cancellationToken)));
        foreach (var answer in answers)
        {
            await using var insert = source.CreateCommand(InsertResponse);
            insert.Parameters.Add(new NpgsqlParameter { Value = answer.Id });
            insert.Parameters.Add(new NpgsqlParameter { Value = (object?)answer.StatusCode ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer });
            insert.Parameters.Add(new NpgsqlParameter { Value = (object?)answer.Content ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
            insert.Parameters.Add(new NpgsqlParameter { Value = answer.TimedOut });
            insert.Parameters.Add(new NpgsqlParameter { Value = (object?)answer.Error ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private async Task<Answer> PostAsync(QueuedRequest queued, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(queued.Timeout);
        Interlocked.Increment(ref _posted);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, queued.Url) { Content = new ByteArrayContent(queued.Body) };
            request.Headers.TryAddWithoutValidation("User-Agent", "pg_net/0.20 (stand-in)");
            foreach (var (name, value) in queued.HeaderNames.Zip(queued.HeaderValues))
                if (name.Equals("content-type", StringComparison.OrdinalIgnoreCase))
                    request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
                else
                    request.Headers.TryAddWithoutValidation(name, value);
            using var response = await _client.SendAsync(request, timeout.Token);
            return new Answer(queued.Id, (int)response.StatusCode, await response.Content.ReadAsStringAsync(timeout.Token), TimedOut: false, Error: null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Answer(queued.Id, null, null, TimedOut: true, $"Timeout of {queued.Timeout.TotalMilliseconds:0} ms reached");
        }
        catch (Exception e) when (e is HttpRequestException or UriFormatException or InvalidOperationException or NotSupportedException)
        {
            return new Answer(queued.Id, null, null, TimedOut: false, e.Message);
        }
    }

    private sealed record QueuedRequest(long Id, string Url, TimeSpan Timeout, string[] HeaderNames, string[] HeaderValues, byte[] Body);

    private sealed record Answer(long Id, int? StatusCode, string? Content, bool TimedOut, string? Error);
}
