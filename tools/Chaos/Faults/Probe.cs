using System.Diagnostics;
using Neolia.Chaos.Arenas;

namespace Neolia.Chaos.Faults;

/// <summary>One account that nobody else touches: a change to it says whether the sync works.</summary>
internal sealed class Probe(Arena arena)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>Changes it, and answers how long after <paramref name="since"/> Kamailio's database has it.</summary>
    public async Task<TimeSpan> MeasureAsync(long since, CancellationToken cancellationToken)
    {
        var digest = await Database.PatientlyAsync(ChangeAsync, cancellationToken);
        return await ArrivedAsync(digest, since, cancellationToken);
    }

    public Task<string> ChangeAsync() => arena.Supabase.ReadOneAsync<string>(
        """
        update kamailio_sync.credentials set ha1 = chaos.random_digest(), issued_at = now(), updated_at = now()
        where username = 'probe' returning ha1
        """,
        CancellationToken.None);

    public async Task<TimeSpan> ArrivedAsync(string digest, long since, CancellationToken cancellationToken)
    {
        while (await Database.PatientlyAsync(
            () => arena.Kamailio.ReadOneAsync<long>("select count(*) from subscriber where username = 'probe' and ha1 = ?", cancellationToken, digest), cancellationToken) == 0)
        {
            if (Stopwatch.GetElapsedTime(since) > Longest)
                return Longest;
            await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken);
        }

        return Stopwatch.GetElapsedTime(since);
    }
}
