using System.Collections.Concurrent;
using Neolia.Chaos.Arenas;

namespace Neolia.Chaos.Checking;

/// <summary>How long committed changes wait while everything is being killed: the age of the oldest one, looked at again and again.</summary>
internal sealed class WaitingTimes(Arena arena)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    /// <summary>By part of the run.</summary>
    public ConcurrentDictionary<string, List<TimeSpan>> Samples { get; } = new();

    public async Task RunAsync(string part, CancellationToken ended)
    {
        var samples = Samples.GetOrAdd(part, _ => []);
        while (!ended.IsCancellationRequested)
        {
            try
            {
                var seconds = await arena.Supabase.ReadOneAsync<double>(
                    "select coalesce(extract(epoch from clock_timestamp() - min(enqueued_at)), 0)::float8 from kamailio_sync.queue where next_attempt_at < 'infinity'",
                    CancellationToken.None);
                samples.Add(TimeSpan.FromSeconds(seconds));
            }
            catch (Exception exception) when (Database.IsFault(exception))
            {
                // Nobody can wait in a database that is away.
            }

            await Task.Delay(Period, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
