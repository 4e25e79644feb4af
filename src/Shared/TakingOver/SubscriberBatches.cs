using MySqlConnector;
using Neolia.Functions.Applying;
using Neolia.Functions.Kamailio;

namespace Neolia.Functions.TakingOver;

/// <summary>
/// Works through <c>subscriber</c> in small batches by id, each a statement of its own that repeats its condition: Kamailio
/// and the drain never wait for long, a kill leaves whole rows, and a second run finds what is left.
/// </summary>
internal sealed class SubscriberBatches(KamailioDatabase kamailio, int batchSize)
{
    private const int ContentionRetries = 20;
    private static readonly TimeSpan BetweenRetries = TimeSpan.FromMilliseconds(100);

    public async Task<int> CountAsync(string condition, CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand($"select count(*) from {SubscriberTable.WithOwner} where {condition}", connection);
        return Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Answers how many rows were changed.</summary>
    /// <param name="condition">Over <c>s</c> and its owner <c>i</c>: which rows have work to do.</param>
    /// <param name="write">The statement for the ids of a batch.</param>
    public async Task<int> WriteAsync(
        string condition, Func<IReadOnlyList<long>, Statement> write, Action<int> report, CancellationToken cancellationToken)
    {
        var changed = 0;
        for (var after = 0L; await ReadIdsAsync(condition, after, cancellationToken) is { Count: > 0 } ids; after = ids[^1])
        {
            changed += await WriteBatchAsync(write(ids), cancellationToken);
            report(changed);
        }

        return changed;
    }

    private async Task<List<long>> ReadIdsAsync(string condition, long after, CancellationToken cancellationToken)
    {
        var ids = new List<long>(batchSize);
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await using var command = new Statement()
            .Append($"select s.id from {SubscriberTable.WithOwner} where s.id > ? and {condition} order by s.id limit ?", after, batchSize)
            .On(connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            ids.Add(row.GetInt64(0));
        return ids;
    }

    private async Task<int> WriteBatchAsync(Statement write, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await kamailio.OpenAsync(cancellationToken);
                await using var command = write.On(connection);
                return await command.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (MySqlException exception) when (attempt < ContentionRetries && FailureClassifier.Classify(exception) == FailureClass.Contention)
            {
                await Task.Delay(BetweenRetries, cancellationToken);
            }
        }
    }
}
