using System.Collections.Concurrent;

namespace Neolia.Chaos.Faults;

/// <summary>Faults by kind, and how long it took until the system worked again.</summary>
internal sealed class FaultLog
{
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private readonly ConcurrentDictionary<string, ConcurrentBag<TimeSpan>> _recoveries = new();

    private int _databaseKills;

    public IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>Servers that died as a whole, by SIGKILL.</summary>
    public int DatabaseKills => _databaseKills;

    public IReadOnlyDictionary<string, IReadOnlyList<TimeSpan>> Recoveries =>
        _recoveries.ToDictionary(r => r.Key, r => (IReadOnlyList<TimeSpan>)[.. r.Value.Order()]);

    public void Count(string fault) => _counts.AddOrUpdate(fault, 1, (_, n) => n + 1);

    public void DatabaseKilled() => Interlocked.Increment(ref _databaseKills);

    public void Recovered(string from, TimeSpan after) => _recoveries.GetOrAdd(from, _ => []).Add(after);
}
