namespace Neolia.Functions.Reconciling;

/// <summary>
/// Rows of one kind on one side, each of which becomes a line: a text of everything that matters, of which only a hash is
/// ever fetched. Both sides must make the same text of what is in sync.
/// </summary>
/// <param name="Kind">As <c>kamailio_sync.queue.kind</c>.</param>
/// <param name="Id">The subject's id, as the source names it.</param>
/// <param name="Hash">An expression: the first 60 bits of the text's MD5.</param>
/// <param name="Weight">An expression: 1 for a line that stands for an account's subscriber or for a unit, else 0.</param>
/// <param name="From"><c>from … where …</c>, with <see cref="Condition"/> where a condition on the id belongs.</param>
internal sealed record LineSource(string Kind, string Id, string Hash, string Weight, string From)
{
    public const string Condition = "{condition}";

    public string Where(string condition) => From.Replace(Condition, condition, StringComparison.Ordinal);
}
