namespace Neolia.Bench.Reporting;

/// <summary>Milliseconds; a percentile is the smallest sample that so many samples don't exceed (nearest rank).</summary>
public sealed record Percentiles(int Samples, double P50, double P99, double Max)
{
    public static Percentiles Of(IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToArray();
        return new Percentiles(sorted.Length, Rank(sorted, 0.50), Rank(sorted, 0.99), sorted[^1]);
    }

    private static double Rank(double[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
}
