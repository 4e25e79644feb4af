using System.Globalization;

namespace Neolia.Bench.Reporting;

/// <summary>Processor time of a process and its children, from <c>/proc/PID/stat</c> (proc(5)).</summary>
internal static class ProcessorTime
{
    private const double TicksPerSecond = 100; // sysconf(_SC_CLK_TCK) on Linux

    public static TimeSpan Of(int processId)
    {
        var children = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task/{processId}/children"));
        var ticks = Ticks($"{processId}", withEnded: true)
            + children.Split(' ', StringSplitOptions.RemoveEmptyEntries).Sum(child => Ticks(child, withEnded: false));
        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    // After the name in brackets, which may hold blanks: state, parent, ... utime, stime, cutime, cstime; the last two
    // are those of children that have ended.
    private static long Ticks(string processId, bool withEnded)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields.Skip(11).Take(withEnded ? 4 : 2).Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return 0; // It ended meanwhile; its parent has its time now.
        }
    }
}
