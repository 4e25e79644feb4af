namespace Neolia.ProtocolModel;

/// <summary>
/// Fixed, so that every run tries the same interleavings, unless the environment says otherwise:
/// <c>NEOLIA_MODEL_SEED=7</c>, or <c>random</c>; <c>NEOLIA_MODEL_COUNT</c> for how many.
/// </summary>
public static class Seed
{
    public static ulong Value { get; } = Environment.GetEnvironmentVariable("NEOLIA_MODEL_SEED") switch
    {
        null or "" => 20260301,
        "random" => (ulong)Random.Shared.NextInt64(),
        var seed => ulong.Parse(seed, null),
    };

    public static int CountOr(int count) =>
        Environment.GetEnvironmentVariable("NEOLIA_MODEL_COUNT") is { Length: > 0 } given ? int.Parse(given, null) : count;
}
