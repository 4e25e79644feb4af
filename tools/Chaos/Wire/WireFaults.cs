namespace Neolia.Chaos.Wire;

/// <summary>What happens to a connection, drawn when it is made.</summary>
internal enum Fate
{
    None,

    /// <summary>Reset in the middle of something.</summary>
    Cut,

    /// <summary>Each piece arrives late.</summary>
    Slow,

    /// <summary>Its requests end (FIN) after a while, its answers still come.</summary>
    HalfClosed,

    /// <summary>Nothing arrives any more, and nobody is told.</summary>
    Silent,
}

/// <summary>The network between the processes and the databases.</summary>
internal sealed class WireFaults(int seed)
{
    private readonly Random _random = new(seed);
    private readonly int[] _counts = new int[Enum.GetValues<Fate>().Length];

    /// <summary>False: every connection is a good one, and those that were not are cut.</summary>
    public bool Enabled { get; set; }

    public int Count(Fate fate) => _counts[(int)fate];

    public (Fate Fate, int AfterBytes, TimeSpan Delay) Draw()
    {
        if (!Enabled)
            return (Fate.None, 0, TimeSpan.Zero);
        lock (_random)
        {
            var number = _random.Next(100);
            var fate = number switch { < 12 => Fate.Cut, < 24 => Fate.Slow, < 30 => Fate.HalfClosed, < 36 => Fate.Silent, _ => Fate.None };
            _counts[(int)fate]++;
            return (fate, _random.Next(200, 20_000), TimeSpan.FromMilliseconds(_random.Next(1, 40)));
        }
    }
}
