using System.Runtime.CompilerServices;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Reconciling;

/// <summary>
/// Walks through both sides' subjects side by side; memory holds one of each, however many there are. The two sides were
/// read at different moments, so what differs here is only worth a second look.
/// </summary>
public static class DigestComparison
{
    /// <summary>What differs, and whether putting it right would take a subscriber or a unit away.</summary>
    /// <param name="desired">By bucket, kind and id, as <paramref name="applied"/>.</param>
    /// <param name="applied">What the other side has.</param>
    /// <param name="fetched">Called for every row of either side.</param>
    public static async IAsyncEnumerable<(Subject Subject, bool Removes)> FindDifferingAsync(
        IAsyncEnumerable<SubjectDigest> desired, IAsyncEnumerable<SubjectDigest> applied, Action fetched,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var left = desired.GetAsyncEnumerator(cancellationToken);
        await using var right = applied.GetAsyncEnumerator(cancellationToken);
        var (hasLeft, hasRight) = (await NextAsync(left), await NextAsync(right));
        while (hasLeft || hasRight)
        {
            var order = !hasRight ? -1 : !hasLeft ? 1 : Compare(left.Current.Subject, right.Current.Subject);
            if (order < 0)
                yield return (left.Current.Subject, false);
            else if (order > 0)
                yield return (right.Current.Subject, right.Current.Weight > 0);
            else if (left.Current.Digest != right.Current.Digest)
                yield return (left.Current.Subject, right.Current.Weight > 0 && left.Current.Weight == 0);

            if (order <= 0)
                hasLeft = await NextAsync(left);
            if (order >= 0)
                hasRight = await NextAsync(right);
        }

        async Task<bool> NextAsync(IAsyncEnumerator<SubjectDigest> side)
        {
            if (!await side.MoveNextAsync())
                return false;
            fetched();
            return true;
        }
    }

    private static int Compare(Subject left, Subject right)
    {
        var order = Bucket.Of(left.Id).CompareTo(Bucket.Of(right.Id));
        if (order == 0)
            order = string.CompareOrdinal(left.Kind.ToQueueText(), right.Kind.ToQueueText());
        return order != 0 ? order : string.CompareOrdinal(left.Id.ToString(), right.Id.ToString());
    }
}
