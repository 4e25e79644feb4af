using Neolia.Functions.Kamailio;
using static Neolia.Functions.TakingOver.SubscriberTable;

namespace Neolia.Functions.TakingOver;

/// <summary>
/// Plaintext passwords of <c>subscriber</c>: turned into digests by the server itself, so that none travels, and blanked
/// once Kamailio is known to work with digests. The digests of a managed row are its account's, whatever somebody wrote
/// beside them.
/// </summary>
internal sealed class PlaintextPasswords(SubscriberTable table, SubscriberBatches batches)
{
    /// <param name="digestsAreInForce">
    /// True: Kamailio compares with digests today, so a digest that is there is the password that works, and a plaintext
    /// beside it may be an older, leaked one; only missing digests are made. False: the plaintext is what works.
    /// </param>
    public Task<int> MakeDigestsAsync(bool digestsAreInForce, Action<int> report, CancellationToken cancellationToken) =>
        table.HasPassword
            ? batches.WriteAsync(
                $"i.account_id is null and {NeedsDigests(digestsAreInForce)}",
                ids => new Statement()
                    .Append($"update subscriber s set s.ha1 = {Ha1OfPlaintext}, s.ha1b = {Ha1bOfPlaintext} where {NeedsDigests(digestsAreInForce)} and s.id in (")
                    .AppendValues(ids).Append(")"),
                report,
                cancellationToken)
            : Task.FromResult(0);

    public Task<int> CountWithoutDigestsAsync(CancellationToken cancellationToken) =>
        table.HasPassword
            ? batches.CountAsync($"i.account_id is null and {NeedsDigests(digestsAreInForce: false)}", cancellationToken)
            : Task.FromResult(0);

    public Task<int> CountAsync(CancellationToken cancellationToken) => batches.CountAsync(table.HasPlaintext, cancellationToken);

    /// <summary>Only rows with two whole digests: who has none left could not log in any more.</summary>
    public Task<int> BlankAsync(Action<int> report, CancellationToken cancellationToken)
    {
        var condition = $"{table.HasPlaintext} and not {MalformedHa1} and not {MalformedHa1b}";
        return table.HasPassword
            ? batches.WriteAsync(
                condition,
                ids => new Statement().Append($"update subscriber s set s.password = '' where {condition} and s.id in (").AppendValues(ids).Append(")"),
                report,
                cancellationToken)
            : Task.FromResult(0);
    }

    private string NeedsDigests(bool digestsAreInForce) => digestsAreInForce
        ? $"{table.HasPlaintext} and ({MalformedHa1} or ({MalformedHa1b} and {Ha1IsOfPlaintext}))"
        : $"{table.HasPlaintext} and not ({Ha1IsOfPlaintext} and {Ha1bIsOfPlaintext})";
}
