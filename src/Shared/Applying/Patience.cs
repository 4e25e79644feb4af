namespace Neolia.Functions.Applying;

/// <summary>
/// Each split of a batch with a locked row waits for the lock again. Somebody who holds many rows would keep the drain
/// from everything else, and past its lease: after this long, in all steps of a turn together, a part that waits is
/// given up whole.
/// </summary>
public sealed class Patience(TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private readonly long _started = clock.GetTimestamp();

    public bool IsOver => clock.GetElapsedTime(_started) > Longest;
}
