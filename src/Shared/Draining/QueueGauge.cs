using System.Data.Common;
using Microsoft.Extensions.Logging;
using Neolia.Functions.Logging;
using Neolia.Functions.Secrets;
using Neolia.Functions.Supabase;
using Neolia.Functions.Telemetry;
using Npgsql;

namespace Neolia.Functions.Draining;

/// <param name="Waiting">Changes that are to be applied, those that back off included.</param>
/// <param name="OldestSeconds">Age of the oldest of them, in whole seconds; 0 when nothing waits.</param>
/// <param name="Failed">Subjects that stay as they are until somebody changes them or asks again.</param>
public sealed record QueueState(long Waiting, long OldestSeconds, long Failed);

/// <summary>
/// Reports how much waits in the queue, and for how long. Alerts are made of these lines (infra/queries): their absence
/// tells, too.
/// </summary>
public sealed class QueueGauge(SupabaseDatabase supabase, ILogger<QueueGauge> logger)
{
    private const string ReadState = """
        select
          count(*) filter (where next_attempt_at < 'infinity'),
          coalesce(floor(extract(epoch from now() - min(enqueued_at) filter (where next_attempt_at < 'infinity'))), 0)::bigint,
          count(*) filter (where next_attempt_at = 'infinity')
        from kamailio_sync.queue
        """;

    /// <summary>Writes one line, whatever happens: the reading has no caller who could do anything about a failure.</summary>
    public async Task ReportAsync(CancellationToken cancellationToken)
    {
        try
        {
            var state = await ReadAsync(cancellationToken);
            logger.QueueMeasured(state.Waiting, state.OldestSeconds, state.Failed);
        }
        catch (Exception exception) when (exception is DbException or TimeoutException or MissingSecretException)
        {
            logger.QueueUnreadable(exception.GetType().Name, (exception as PostgresException)?.SqlState);
        }
    }

    public async Task<QueueState> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ReadState, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var state = new QueueState(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
        Measures.Queued(state);
        return state;
    }
}
