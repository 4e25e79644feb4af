using Neolia.Functions.Reconciling;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Tests.Reconciling;

public sealed class DigestComparisonTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Finds_what_a_comparison_of_sets_finds(int seed)
    {
        var random = new Random(seed);
        var all = Enumerable.Range(0, 3_000).Select(_ => new SubjectDigest(RandomSubject(random), $"{random.Next(3)}", 1)).DistinctBy(d => d.Subject).ToList();
        var desired = all.Where(_ => random.Next(10) > 0).ToDictionary(d => d.Subject, d => d.Digest);
        var applied = all.Where(_ => random.Next(10) > 0).ToDictionary(d => d.Subject, d => random.Next(10) > 0 ? d.Digest : "other");
        var fetched = 0;

        var found = await DigestComparison.FindDifferingAsync(Stream(desired), Stream(applied), () => fetched++, TestContext.Current.CancellationToken)
            .Select(difference => difference.Subject).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(desired.Count + applied.Count, fetched);
        Assert.Equal(found.Count, found.Distinct().Count());
        Assert.Equal(
            all.Select(d => d.Subject).Where(s => desired.GetValueOrDefault(s) != applied.GetValueOrDefault(s)).ToHashSet(),
            found.ToHashSet());
    }

    private static Subject RandomSubject(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);

        // Few buckets, so that ids meet in them; the same id as an account and as a unit now and then.
        bytes[15] = (byte)random.Next(4);
        return new Subject(random.Next(2) == 0 ? SubjectKind.Account : SubjectKind.UnitRules, new Guid(bytes, bigEndian: true));
    }

    /// <summary>In the order that both databases sort by.</summary>
    private static async IAsyncEnumerable<SubjectDigest> Stream(Dictionary<Subject, string> side)
    {
        foreach (var (subject, digest) in side
            .OrderBy(d => Bucket.Digits(Bucket.Of(d.Key.Id)), StringComparer.Ordinal)
            .ThenBy(d => d.Key.Kind.ToQueueText(), StringComparer.Ordinal)
            .ThenBy(d => d.Key.Id.ToString(), StringComparer.Ordinal))
        {
            await Task.Yield();
            yield return new SubjectDigest(subject, digest, 1);
        }
    }
}
