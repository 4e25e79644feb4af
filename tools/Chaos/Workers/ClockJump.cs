namespace Neolia.Chaos.Workers;

/// <param name="After">The one before, or the process' start.</param>
/// <param name="Offset">Against the right time, as libfaketime writes it.</param>
internal sealed record ClockJump(TimeSpan After, string Offset)
{
    private const int Jumps = 40;

    /// <summary>Back and forth, for longer than any process lives.</summary>
    public static IReadOnlyList<ClockJump> Draw(Random random, IReadOnlyList<string> offsets) =>
    [
        .. Enumerable.Range(0, Jumps).Select(_ => new ClockJump(
            TimeSpan.FromMilliseconds(random.Next(20, 300)), random.Next(3) == 0 ? "+0" : offsets[random.Next(offsets.Count)])),
    ];
}
