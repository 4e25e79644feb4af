using Neolia.Functions.Credentials;
using Neolia.Functions.Kamailio;
using static Neolia.Functions.TakingOver.SubscriberTable;

namespace Neolia.Functions.TakingOver;

/// <summary>
/// A row whose digest is empty or malformed lets strangers in. Where no plaintext says what it should be, it becomes a
/// random one that nobody knows a password for. A managed row is closed in the same way; the next reconcile gives it its
/// account's digests back.
/// </summary>
internal sealed class MissingDigests(SubscriberTable table, SubscriberBatches batches)
{
    private string UnknownHa1 => $"({MalformedHa1} and not ({table.HasPlaintext} and i.account_id is null))";

    private string UnknownHa1b => $"({MalformedHa1b} and not ({table.HasPlaintext} and i.account_id is null and {MalformedHa1}))";

    public Task<int> CountAsync(CancellationToken cancellationToken) => batches.CountAsync($"({UnknownHa1} or {UnknownHa1b})", cancellationToken);

    /// <summary>Answers how many rows were closed.</summary>
    public async Task<int> CloseAsync(Action<int> report, CancellationToken cancellationToken)
    {
        var condition = $"({UnknownHa1} or {UnknownHa1b})";
        return await batches.WriteAsync(condition, RandomDigests, report, cancellationToken);

        // Made here and not by the server: a random function in a statement is not safe to replicate.
        Statement RandomDigests(IReadOnlyList<long> ids)
        {
            var write = new Statement().Append($"update {WithOwner} set s.ha1 = if({UnknownHa1}, case s.id ");
            AppendRandom(write, ids).Append($" end, s.ha1), s.ha1b = if({UnknownHa1b}, case s.id ");
            return AppendRandom(write, ids).Append($" end, s.ha1b) where {condition} and s.id in (").AppendValues(ids).Append(")");
        }
    }

    private static Statement AppendRandom(Statement write, IReadOnlyList<long> ids)
    {
        foreach (var id in ids)
            write.Append("when ? then ? ", id, Digests.RandomHalf());
        return write;
    }
}
