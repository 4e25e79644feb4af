using Neolia.Bench.Reporting;

namespace Neolia.Bench.Kamailio;

/// <summary>One run: requests per second, processor time of each server per request, and how long the decision took.</summary>
internal sealed record Sample(double PerSecond, double KamailioCpuMs, double DatabaseCpuMs, double DecisionMs);

/// <param name="Ours">Every run of the project's configuration.</param>
/// <param name="Plain">Every run of the plain example, in the same order; null where it has nothing comparable.</param>
internal sealed record DuelResult(IReadOnlyList<Sample> Ours, IReadOnlyList<Sample>? Plain)
{
    public Sample OursMedian { get; } = MedianOf(Ours);

    public Sample? PlainMedian { get; } = Plain is null ? null : MedianOf(Plain);

    /// <summary>Median of ours / plain of the runs that followed each other.</summary>
    public double? Ratio { get; } = Plain is null ? null : Math.Round(Median(Ours.Zip(Plain, (our, other) => our.PerSecond / other.PerSecond)), 3);

    /// <summary>The same of the processor time of both servers: above 1, ours costs more.</summary>
    public double? CpuRatio { get; } = Plain is null ? null : Math.Round(Median(Ours.Zip(Plain, (our, other) => Cpu(our) / Cpu(other))), 3);

    public override string ToString() => PlainMedian is { } plain
        ? $"{OursMedian.PerSecond:0} per second, plain {plain.PerSecond:0} per second: {Ratio:0.00}; CPU {CpuRatio:0.00}"
        : $"{OursMedian.PerSecond:0} per second";

    public void AddTo(Table table, string what)
    {
        Add(table, what, OursMedian);
        if (PlainMedian is { } plain)
        {
            Add(table, "   plain auth_db", plain);
            table.Add("   ours / plain", $"{Ratio:0.00}", $"{CpuRatio:0.00}", "");
        }
    }

    private static void Add(Table table, string what, Sample sample) =>
        table.Add(what, $"{sample.PerSecond:0}", $"{Cpu(sample):0.000}", $"{sample.DecisionMs:0.00}");

    private static double Cpu(Sample sample) => sample.KamailioCpuMs + sample.DatabaseCpuMs;

    private static Sample MedianOf(IReadOnlyList<Sample> samples) => new(
        Median(samples.Select(s => s.PerSecond)), Median(samples.Select(s => s.KamailioCpuMs)), Median(samples.Select(s => s.DatabaseCpuMs)),
        Median(samples.Select(s => s.DecisionMs)));

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
