using System.Globalization;

namespace Neolia.Functions.Reconciling;

/// <summary>
/// Subjects are compared in buckets, by the last three hex digits of their id: the first digits of a UUIDv7 are its time,
/// and would put all that is new into one bucket.
/// </summary>
public static class Bucket
{
    public const int Count = 4096;

    public static int Of(Guid id) => int.Parse(id.ToString().AsSpan(^3), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>The three hex digits.</summary>
    public static string Digits(int bucket) => bucket.ToString("x3", CultureInfo.InvariantCulture);
}
