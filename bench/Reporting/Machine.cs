using System.Runtime.InteropServices;

namespace Neolia.Bench.Reporting;

/// <summary>What a figure was measured on.</summary>
public sealed record Machine(string Processor, int Cores, double MemoryGiB, string OperatingSystem, string Runtime, string Commit)
{
    public static Machine Read(string commit) => new(
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown",
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30), 1),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        commit);
}
