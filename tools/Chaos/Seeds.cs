namespace Neolia.Chaos;

/// <summary>Each actor of a run draws from a sequence of its own, so that what one does takes nothing from another's.</summary>
internal static class Seeds
{
    /// <summary>The same for the same seed, in every process (HashCode is not).</summary>
    public static int Of(int seed, string actor, int number = 0)
    {
        var mixed = unchecked((ulong)seed * 0x9E3779B97F4A7C15UL);
        foreach (var letter in actor)
            mixed = unchecked((mixed ^ letter) * 0x100000001B3UL);
        mixed = unchecked((mixed ^ (ulong)number) * 0xBF58476D1CE4E5B9UL);
        return (int)(mixed >> 33);
    }
}
