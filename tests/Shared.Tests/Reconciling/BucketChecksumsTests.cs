using Neolia.Functions.Reconciling;

namespace Neolia.Functions.Tests.Reconciling;

public sealed class BucketChecksumsTests
{
    private static readonly byte[] Sums = new byte[Bucket.Count * BucketChecksums.BytesPerBucket];

    [Fact]
    public void Nothing_differs_when_the_roots_agree() => Assert.Empty(Of("a").DifferingFrom(Of("a")));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2048)]
    [InlineData(4095)]
    public void The_bucket_whose_sum_differs_is_found(int bucket)
    {
        var sums = Sums.ToArray();
        sums[(bucket * BucketChecksums.BytesPerBucket) + 1] = 1;

        Assert.Equal([bucket], Of("a").DifferingFrom(new BucketChecksums("b", sums, 0, 0)));
    }

    [Fact]
    public void Sums_that_agree_by_chance_in_what_travels_are_noticed() => Assert.Equal(Bucket.Count, Of("a").DifferingFrom(Of("b")).Count);

    [Theory]
    [InlineData("01919191-0000-7000-8000-000000000000", 0)]
    [InlineData("01919191-0000-7000-8000-000000000abc", 0xabc)]
    [InlineData("00000000-0000-0000-0000-ffffffffffff", 4095)]
    public void Bucket_is_the_last_three_digits(string id, int bucket)
    {
        Assert.Equal(bucket, Bucket.Of(Guid.Parse(id)));
        Assert.EndsWith(Bucket.Digits(bucket), id, StringComparison.Ordinal);
    }

    private static BucketChecksums Of(string root) => new(root, Sums, 0, 0);
}
