using System.Diagnostics;

namespace Neolia.Bench.Reporting;

/// <summary>Says what takes long while it is at it, and how long it took.</summary>
internal static class Step
{
    public static async Task RunAsync(string what, Func<Task> work)
    {
        Console.Write($"  {what} ... ");
        var started = Stopwatch.GetTimestamp();
        await work();
        Console.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
    }
}
