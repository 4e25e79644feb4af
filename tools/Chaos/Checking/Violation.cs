namespace Neolia.Chaos.Checking;

internal enum ViolationKind
{
    /// <summary>A committed change is not in Kamailio's database although nothing waits any more (I1, I4).</summary>
    Lost,

    /// <summary>State older than what was there, or of nobody, was written (I2).</summary>
    Resurrected,

    /// <summary>Told as synced, and not so (I1).</summary>
    SaidTooEarly,

    /// <summary>A subscriber that the project did not make was changed (I3).</summary>
    GuestTouched,

    /// <summary>A contact outlived what let it in (I7).</summary>
    ContactLeft,

    /// <summary>A process ended although nobody killed it, or the queue was never worked off (I5).</summary>
    Stuck,

    /// <summary>A database forgot what it had confirmed: the harness' own servers are at fault.</summary>
    Harness,
}

internal sealed record Violation(ViolationKind Kind, string Text);

internal sealed class Violations
{
    private const int Kept = 40;
    private readonly List<Violation> _first = [];
    private readonly int[] _counts = new int[Enum.GetValues<ViolationKind>().Length];

    public int Total => _counts.Sum();

    /// <summary>The first ones, in full.</summary>
    public IReadOnlyList<Violation> First => _first;

    public int Count(ViolationKind kind) => _counts[(int)kind];

    public void Add(ViolationKind kind, string text)
    {
        _counts[(int)kind]++;
        if (_first.Count < Kept)
            _first.Add(new Violation(kind, text));
    }
}
