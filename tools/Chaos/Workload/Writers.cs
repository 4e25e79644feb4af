using System.Collections.Concurrent;
using System.Globalization;
using Neolia.Chaos.Arenas;

namespace Neolia.Chaos.Workload;

/// <summary>
/// Several people at once who change the same few accounts. Each draws from a sequence of its own, made of the run's seed:
/// the same seed asks for the same changes, in the same order for each of them.
/// </summary>
internal sealed class Writers(Arena arena, int seed)
{
    private const int Count = 5;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(18);

    private readonly Random[] _randoms = [.. Enumerable.Range(0, Count).Select(n => new Random(Seeds.Of(seed, "writer", n)))];
    private readonly ConcurrentBag<long> _committed = [];
    private long _lastId;
    private int _refused;

    /// <summary>Transactions that a database ended: deadlocks, crashes, cut connections.</summary>
    public int Refused => _refused;

    /// <summary>Works until cancelled; what was begun then is brought to its end.</summary>
    public Task RunAsync(CancellationToken ended) => Task.WhenAll(_randoms.Select(random => Task.Run(() => WriteAsync(random, ended), CancellationToken.None)));

    /// <summary>Ids of changes whose commit was confirmed, and that are not among those. Forgets what it looked at.</summary>
    public IReadOnlyList<long> TakeForgotten(IReadOnlySet<long> known)
    {
        var forgotten = _committed.Where(id => !known.Contains(id)).Order().ToList();
        _committed.Clear();
        return forgotten;
    }

    private async Task WriteAsync(Random random, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            var operation = Operation.Draw(random);
            object[] values =
            [
                Interlocked.Increment(ref _lastId),
                arena.Names[random.Next(arena.Names.Count)],
                arena.Names[random.Next(arena.Names.Count)],
                arena.Units[random.Next(arena.Units.Count)],
                operation.MayPause && random.Next(6) == 0 ? random.NextDouble() * 0.15 : 0.0,
            ];
            var pause = Pace * (0.5 + random.NextDouble());
            try
            {
                await arena.Supabase.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"select chaos.{operation.Function}($1, $2, $3, $4, $5)"), CancellationToken.None, values);
                _committed.Add((long)values[0]);
            }
            catch (Exception exception) when (Database.IsFault(exception))
            {
                Interlocked.Increment(ref _refused);
            }

            await Task.Delay(pause, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
