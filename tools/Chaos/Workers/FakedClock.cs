namespace Neolia.Chaos.Workers;

/// <summary>
/// The wall clock that the processes of one slot see (libfaketime, which reads it from a file each time it is asked). The
/// other clock, by which time-outs go, is left alone, as by a real jump.
/// </summary>
internal sealed class FakedClock(string file)
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    public static IEnumerable<KeyValuePair<string, string>> Off(string offset) => [.. Preload, new("FAKETIME", offset)];

    public IEnumerable<KeyValuePair<string, string>> Jumping()
    {
        Set("+0");
        return [.. Preload, new("FAKETIME_TIMESTAMP_FILE", file), new("FAKETIME_NO_CACHE", "1")];
    }

    /// <summary>Until cancelled; counts each jump.</summary>
    public async Task JumpAsync(IReadOnlyList<ClockJump> jumps, Action jumped, CancellationToken ended)
    {
        foreach (var jump in jumps)
        {
            await Task.Delay(jump.After, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested)
                break;
            Set(jump.Offset);
            jumped();
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Preload => [new("LD_PRELOAD", Library), new("FAKETIME_DONT_FAKE_MONOTONIC", "1")];

    // In one piece: who reads half of it would see the right time for a moment.
    private void Set(string offset)
    {
        File.WriteAllText(file + ".new", offset);
        File.Move(file + ".new", file, overwrite: true);
    }
}
