using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;

namespace Neolia.Functions.Claiming;

/// <summary>
/// Takes due subjects from <c>kamailio_sync.queue</c> under a lease. The lease only keeps workers out of each other's
/// way: correctness rests on versions and fences, so a lease that ran out under a stalled worker costs work, not truth.
/// </summary>
public sealed class Claimer : IDisposable
{
    private readonly IClaimStatements _statements;
    private readonly TimeProvider _clock;
    private readonly QueuePosition _position;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    // Of a claim that was never answered. The server may have done it, and then nobody knows what stands under this lease:
    // the next claim takes it along instead of leaving it until the lease runs out.
    private Guid? _unanswered;

    public Claimer(SupabaseDatabase supabase)
        : this(new ClaimStatements(supabase), TimeProvider.System)
    {
    }

    internal Claimer(IClaimStatements statements, TimeProvider clock)
    {
        _statements = statements;
        _clock = clock;
        _position = new QueuePosition(clock);
    }

    /// <summary>
    /// Leases at most <paramref name="limit"/> due subjects for <paramref name="duration"/> by the database's clock. That it
    /// answers fewer doesn't say that no more are due.
    /// </summary>
    /// <param name="thorough">That it answers none says that none was due in the whole queue; else, that none became due lately.</param>
    public async Task<Lease> ClaimDueAsync(int limit, TimeSpan duration, bool thorough, CancellationToken cancellationToken)
    {
        // Two claims of one process side by side would walk over each other's rows.
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var from = _unanswered is null ? _position.Next(thorough) : QueuePosition.Start;
            var id = _unanswered ??= Guid.NewGuid();
            while (true)
            {
                var claimed = await ClaimAsync(id, limit, duration, from, cancellationToken);
                _position.Claimed(isFull: claimed.Found == limit, claimed.Last);

                var isLastLook = claimed.Found == 0 && (from == QueuePosition.Start || (from == QueuePosition.Lately && !thorough));
                if (claimed.Subjects.Count > 0 || isLastLook)
                {
                    _unanswered = null;
                    return new Lease(id, claimed.Subjects) { Places = claimed.Places };
                }

                // Rows that were found and had moved before they were locked are looked for again, as before.
                if (claimed.Found == 0)
                    from = from == QueuePosition.Lately ? QueuePosition.Start : _position.Next(thorough);
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async Task<Claimed> ClaimAsync(Guid id, int limit, TimeSpan duration, QueueKey from, CancellationToken cancellationToken)
    {
        var began = _clock.GetTimestamp();
        try
        {
            return await _statements.ClaimAsync(id, limit, duration, from, cancellationToken);
        }
        finally
        {
            _position.Looked(from, _clock.GetElapsedTime(began));
        }
    }

    /// <summary>
    /// Gives back what is still under the lease, so that it is due again at once. Answers what it could not free,
    /// because a transaction that is changing it holds it locked.
    /// </summary>
    public Task<IReadOnlyList<Subject>> FreeAsync(Lease lease, CancellationToken cancellationToken) => _statements.FreeAsync(lease, cancellationToken);

    public void Dispose() => _oneAtATime.Dispose();
}
