namespace Neolia.Functions.Reconciling;

/// <summary>
/// What one side computed over everything it holds. A line's hash has 60 bits, a bucket's checksum is the sum over its
/// lines, whose order then doesn't matter. Only 24 bits of each sum travel, to keep a run without differences small;
/// <paramref name="Root"/> is over the whole sums, so that buckets which agree in those 24 bits by chance are noticed.
/// </summary>
/// <param name="Root">MD5 over the sums of all buckets.</param>
/// <param name="Sums">The last three bytes of each bucket's sum, in order.</param>
/// <param name="Accounts">Accounts with a subscriber.</param>
/// <param name="Units">Units that exist.</param>
public sealed record BucketChecksums(string Root, byte[] Sums, long Accounts, long Units)
{
    public const int BytesPerBucket = 3;

    /// <summary>The buckets to look into; all of them when only the roots tell that there is something.</summary>
    public IReadOnlyList<int> DifferingFrom(BucketChecksums other)
    {
        if (Root == other.Root)
            return [];
        var differing = Enumerable.Range(0, Bucket.Count).Where(b => !Sum(b).SequenceEqual(other.Sum(b))).ToList();
        return differing.Count > 0 ? differing : [.. Enumerable.Range(0, Bucket.Count)];
    }

    private ReadOnlySpan<byte> Sum(int bucket) => Sums.AsSpan(bucket * BytesPerBucket, BytesPerBucket);
}
