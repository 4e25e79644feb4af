using Neolia.Functions.Applying;
using Neolia.Functions.Draining;

namespace Neolia.ProtocolModel.Checking;

/// <summary>What became of the subjects in all interleavings together: a search that never meets a case proves nothing of it.</summary>
public sealed class Coverage
{
    private readonly int[] _outcomes = new int[Enum.GetValues<Outcome>().Length];

    public int Turns { get; private set; }

    public int Outages { get; private set; }

    public int this[Outcome outcome] => _outcomes[(int)outcome];

    public static Coverage Of(IEnumerable<Coverage> parts)
    {
        var all = new Coverage();
        foreach (var part in parts)
        {
            (all.Turns, all.Outages) = (all.Turns + part.Turns, all.Outages + part.Outages);
            for (var i = 0; i < all._outcomes.Length; i++)
                all._outcomes[i] += part._outcomes[i];
        }

        return all;
    }

    internal void Add(TurnReport report)
    {
        Turns++;
        Outages += report.Outage ? 1 : 0;
        foreach (var result in report.Results)
            _outcomes[(int)result.Outcome]++;
    }

    public override string ToString() =>
        $"{Turns:N0} turns, {Outages:N0} outages, {string.Join(", ", Enum.GetValues<Outcome>().Select(o => $"{this[o]:N0} {o}"))}";
}
