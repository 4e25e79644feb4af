using Neolia.Bench.Reporting;
using Neolia.LocalStack.MariaDb;

namespace Neolia.Bench.Kamailio;

/// <param name="PerSecond">0: as fast as it goes.</param>
internal sealed record Job(string Name, string Scenario, IReadOnlyList<string> Lines, int Calls, int AtOnce, int PerSecond = 0);

/// <summary>Runs a job on both Kamailios in turns, the other one first each time, so that a machine that slows down slows down both.</summary>
/// <param name="devices">Port that all calls come from: the same contact again is a refresh.</param>
internal sealed class Duel(Subject ours, Subject plain, MariaDbServer mariaDb, int devices, int runs)
{
    public async Task<DuelResult> RunAsync(Job job, Func<Task> before, CancellationToken cancellationToken, params IReadOnlyList<Subject> only)
    {
        Subject[] subjects = only.Count > 0 ? [.. only] : [ours, plain];
        var samples = subjects.ToDictionary(subject => subject.Name, _ => new List<Sample>());
        for (var run = -1; run < runs; run++)
            foreach (var subject in run % 2 == 0 ? subjects : subjects.Reverse())
            {
                await before();
                var sample = await OnceAsync(job, subject, cancellationToken);
                if (run >= 0) // The first one fills caches.
                    samples[subject.Name].Add(sample);
            }

        var result = new DuelResult(samples[ours.Name], samples.GetValueOrDefault(plain.Name));
        Console.WriteLine($"   {job.Name}: {result}");
        return result;
    }

    private async Task<Sample> OnceAsync(Job job, Subject subject, CancellationToken cancellationToken)
    {
        var (kamailio, database) = (ProcessorTime.Of(subject.Server.Process.ProcessId), ProcessorTime.Of(mariaDb.Process.ProcessId));
        var result = await Sipp.CallAsync(
            job.Scenario, job.Lines, devices, subject.Server.UdpPort, job.Calls, job.AtOnce, job.PerSecond, cancellationToken);
        kamailio = ProcessorTime.Of(subject.Server.Process.ProcessId) - kamailio;
        database = ProcessorTime.Of(mariaDb.Process.ProcessId) - database;
        return new Sample(
            Math.Round(result.PerSecond), Math.Round(kamailio.TotalMilliseconds / result.Calls, 3),
            Math.Round(database.TotalMilliseconds / result.Calls, 3), Math.Round(result.DecisionMs, 2));
    }
}
