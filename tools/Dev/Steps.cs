using System.Diagnostics;
using System.Globalization;

namespace Neolia.Dev;

/// <summary>One line per step: how long it took and what was seen.</summary>
internal static class Steps
{
    /// <summary>Runs a step and prints the sentence that it returns.</summary>
    public static async Task RunAsync(Func<Task<string>> step)
    {
        var clock = Stopwatch.StartNew();
        var seen = await step();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.ElapsedMilliseconds,6} ms  {seen}"));
    }

    /// <summary>Ends the demo with the reason, unless the condition holds.</summary>
    public static void Require(bool condition, string otherwise)
    {
        if (!condition)
            throw new DemoFailedException(otherwise);
    }
}

internal sealed class DemoFailedException(string reason) : Exception($"FAILED: {reason}");
