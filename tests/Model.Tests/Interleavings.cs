using System.Diagnostics;
using CsCheck;
using Neolia.ProtocolModel;
using Neolia.ProtocolModel.Checking;

namespace Neolia.Model.Tests;

/// <summary>What a search over interleavings came to.</summary>
/// <param name="Tried">How many interleavings.</param>
/// <param name="Shortest">Null where every law held: otherwise the moves that break one, with none to spare.</param>
/// <param name="Trace">What everybody does in the shortest scenario, a line each.</param>
internal sealed record Search(int Tried, Move[]? Shortest, BrokenLawException? Broken, string Trace, Coverage Coverage)
{
    public TimeSpan Took { get; init; }
}

/// <summary>Tries random interleavings, in streams of their own for two processors: a seed gives the same ones everywhere.</summary>
internal static class Interleavings
{
    private const int StreamCount = 2;

    public static Search Search(Gen<Move[]> scenarios, int count, Defect defect = Defect.None)
    {
        var began = Stopwatch.GetTimestamp();
        var streams = Enumerable.Range(1, StreamCount).Select(stream => Task.Run(() => SearchStream(scenarios, (uint)stream, count / StreamCount, defect)));
        var searches = Task.WhenAll(streams).GetAwaiter().GetResult();
        var first = searches.FirstOrDefault(s => s.Shortest is not null, searches[0]);
        return first with { Tried = searches.Sum(s => s.Tried), Took = Stopwatch.GetElapsedTime(began), Coverage = Coverage.Of(searches.Select(s => s.Coverage)) };
    }

    private static Search SearchStream(Gen<Move[]> scenarios, uint stream, int count, Defect defect)
    {
        var (random, coverage) = (new PCG(stream, Seed.Value), new Coverage());
        for (var tried = 1; tried <= count; tried++)
        {
            var scenario = scenarios.Generate(random, null, out _);
            if (Simulation.Run(scenario, defect, coverage: coverage) is null)
                continue;
            var shortest = Shrink(scenario, defect);
            var trace = new List<string>();
            var broken = Simulation.Run(shortest, defect, trace);
            return new Search(tried, shortest, broken, string.Join('\n', trace), coverage);
        }

        return new Search(count, null, null, "", coverage);
    }

    /// <summary>Leaves out moves, and makes their numbers smaller, as long as any law still breaks.</summary>
    private static Move[] Shrink(Move[] scenario, Defect defect)
    {
        for (var length = scenario.Length / 2; length > 0;)
        {
            var shorter = Enumerable.Range(0, Math.Max(0, scenario.Length - length + 1))
                .Select(at => scenario.Where((_, i) => i < at || i >= at + length).ToArray())
                .FirstOrDefault(s => Simulation.Run(s, defect) is not null);
            if (shorter is null)
                length /= 2;
            else
                scenario = shorter;
        }

        for (var i = 0; i < scenario.Length; i++)
        {
            foreach (var smaller in Smaller(scenario[i]))
            {
                Move[] simpler = [.. scenario[..i], smaller, .. scenario[(i + 1)..]];
                if (Simulation.Run(simpler, defect) is null)
                    continue;
                scenario = simpler;
                break;
            }
        }

        return scenario;
    }

    private static IEnumerable<Move> Smaller(Move move) =>
        from a in Enumerable.Range(0, Math.Min(move.A + 1, 3))
        from b in Enumerable.Range(0, move.B).Where(b => b < 24)
        select new Move(move.Kind, a, b);
}
