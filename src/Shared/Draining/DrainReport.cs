using Neolia.Functions.Applying;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Draining;

/// <summary>What was done for one who asked for a drain, between the asking and the answer.</summary>
public sealed class DrainReport
{
    private readonly int[] _counts = new int[Enum.GetValues<Outcome>().Length];
    private readonly Dictionary<Subject, Outcome>? _outcomes;

    /// <param name="interest">Subjects whose outcomes are kept one by one; the others are only counted.</param>
    public DrainReport(IReadOnlyCollection<Subject>? interest = null) =>
        _outcomes = interest?.ToDictionary(s => s, _ => Outcome.Unchanged);

    /// <summary>True when nothing was due any more; false when the time was up, or a database was out of reach.</summary>
    public bool Complete { get; private set; }

    /// <summary>Subjects that Kamailio's database holds as desired now.</summary>
    public int Applied => Count(Outcome.Created) + Count(Outcome.Updated) + Count(Outcome.Removed) + Count(Outcome.Unchanged);

    public int Count(Outcome outcome) => _counts[(int)outcome];

    /// <summary>How many of the subjects of interest had this outcome last.</summary>
    public int CountOfInterest(Outcome outcome)
    {
        lock (_counts)
            return _outcomes?.Count(o => o.Value == outcome) ?? 0;
    }

    internal void Add(IReadOnlyList<SubjectResult> results)
    {
        lock (_counts)
        {
            foreach (var result in results)
            {
                _counts[(int)result.Outcome]++;
                if (_outcomes?.ContainsKey(result.Subject) == true && result.Outcome != Outcome.Unchanged)
                    _outcomes[result.Subject] = result.Outcome;
            }
        }
    }

    internal void MarkComplete() => Complete = true;
}
