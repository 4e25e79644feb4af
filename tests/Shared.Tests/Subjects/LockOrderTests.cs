namespace Neolia.Functions.Tests.Subjects;

/// <summary>Rule M3: ids are sorted here and locked in the order of a text column there. The two must be the same.</summary>
public sealed class LockOrderTests
{
    [Fact]
    public void Ids_sort_as_their_texts_do()
    {
        var random = new Random(1);
        var bytes = new byte[16];
        var ids = Enumerable.Range(0, 2000).Select(_ =>
        {
            random.NextBytes(bytes);
            return new Guid(bytes);
        }).Append(Guid.Empty).Append(Guid.AllBitsSet).ToList();
        for (var bit = 0; bit < 128; bit++)
            ids.Add(new Guid(((UInt128)1 << bit) is var value ? [.. Enumerable.Range(0, 16).Select(i => (byte)(value >> (8 * (15 - i))))] : [], bigEndian: true));

        Assert.Equal(ids.Select(i => i.ToString()).Order(StringComparer.Ordinal), ids.Order().Select(i => i.ToString()));
    }
}
