using System.Globalization;

namespace Neolia.Bench.Registrations;

/// <summary>Resident memory of a process, as Linux counts it.</summary>
internal sealed record AppMemory(double NowMiB, double PeakMiB)
{
    public static AppMemory Of(int processId) => new(Read(processId, "VmRSS:"), Read(processId, "VmHWM:"));

    private static double Read(int processId, string field) =>
        double.Parse(
            File.ReadLines($"/proc/{processId}/status").Single(l => l.StartsWith(field, StringComparison.Ordinal))
                .Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture) / 1024;
}
