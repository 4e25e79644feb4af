using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Neolia.Functions.Acknowledging;
using Neolia.Functions.Applying;
using Neolia.Functions.Claiming;
using Neolia.Functions.Logging;
using Neolia.Functions.Reading;
using Neolia.Functions.Subjects;
using Neolia.Functions.Telemetry;

namespace Neolia.Functions.Draining;

/// <summary>
/// One turn of the drain: claim, read, apply, kick, acknowledge. It may be killed or stall at any point: before the
/// commit in MySQL nothing happened, after it the fence makes the repetition equal, and the lease runs out by itself.
/// Turns may run side by side: they keep out of each other's way like workers of different processes, by their leases.
/// </summary>
public sealed class DrainTurn
{
    /// <summary>
    /// While more waits than a turn takes, a turn takes more: what a statement costs Postgres however short its list is
    /// (planning, commit, a round trip) is shared by more subjects. MySQL still gets batches that keep rule M3.
    /// </summary>
    private const int BatchesInBacklog = 4;

    private readonly Claimer _claimer;
    private readonly IDesiredReader _reader;
    private readonly AccountApplier _accounts;
    private readonly UnitApplier _units;
    private readonly ContactKicker _kicker;
    private readonly IAcknowledger _acknowledger;
    private readonly IVersionRenewal _renewal;
    private readonly DrainOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<DrainTurn> _logger;
    private readonly Backoff _backoff;
    private readonly Backoff _outageBackoff;
    private readonly ConcurrentQueue<Lease> _leftovers = new();
    private volatile bool _isBacklog;

    public DrainTurn(
        Claimer claimer,
        DesiredReader reader,
        AccountApplier accounts,
        UnitApplier units,
        ContactKicker kicker,
        Acknowledger acknowledger,
        VersionRenewal renewal,
        IOptions<DrainOptions> options,
        ILogger<DrainTurn> logger)
        : this(claimer, reader, accounts, units, kicker, acknowledger, renewal, options.Value, TimeProvider.System, Random.Shared, logger)
    {
    }

    internal DrainTurn(
        Claimer claimer,
        IDesiredReader reader,
        AccountApplier accounts,
        UnitApplier units,
        ContactKicker kicker,
        IAcknowledger acknowledger,
        IVersionRenewal renewal,
        DrainOptions options,
        TimeProvider clock,
        Random random,
        ILogger<DrainTurn> logger)
    {
        (_claimer, _reader, _accounts, _units, _kicker, _acknowledger, _renewal) = (claimer, reader, accounts, units, kicker, acknowledger, renewal);
        (_options, _clock, _logger) = (options, clock, logger);
        _backoff = new Backoff(options.BackoffFrom, options.BackoffTo, random);
        _outageBackoff = new Backoff(options.OutageBackoff, options.OutageBackoff, random);
    }

    /// <summary>Works on one batch of due subjects. Throws only when Supabase's database fails.</summary>
    /// <param name="thorough">Nothing is said to be due before the whole queue was looked at.</param>
    public async Task<TurnReport> RunAsync(bool thorough, CancellationToken cancellationToken)
    {
        var since = _clock.GetUtcNow();
        await FreeLeftoversAsync(cancellationToken);
        var limit = _options.BatchSize * (_isBacklog ? BatchesInBacklog : 1);
        var lease = await _claimer.ClaimDueAsync(limit, _options.Lease, thorough, cancellationToken);
        _isBacklog = lease.Subjects.Count == limit;
        if (lease.Subjects.Count == 0)
            return TurnReport.NothingDue;

        using var span = Spans.StartTurn(since, lease.Subjects.Count);
        try
        {
            return await WorkAsync(lease, cancellationToken) with { IsFull = lease.Subjects.Count == limit };
        }
        catch
        {
            // Left to its lease the work would wait for half a minute, although the next turn may well succeed.
            _leftovers.Enqueue(lease);
            throw;
        }
    }

    /// <summary>
    /// Gives back what the turns that were cut off still hold, so that another process has it at once. It is harmless
    /// whatever became of their work, even if MySQL is about to commit it: a lease keeps workers out of each other's way
    /// and protects nothing. Who takes the subjects now waits for the locks of a transaction that is still open, and
    /// finds by the fence what it came to.
    /// </summary>
    public Task GiveBackAsync(CancellationToken cancellationToken) => FreeLeftoversAsync(cancellationToken);

    private async Task<TurnReport> WorkAsync(Lease lease, CancellationToken cancellationToken)
    {
        var desired = await ReadDesiredAsync(lease, cancellationToken);
        var patience = new Patience(_clock);
        var ofUnits = await ApplyAsync(desired.Units, ApplyUnitsAsync, u => new(u.Subject, u.Version, Outcome.Retry, Problem: Problem.KamailioUnreachable), patience, cancellationToken);
        var ofAccounts = await ApplyAsync(desired.Accounts, ApplyAccountsAsync, a => new(a.Subject, a.Version, Outcome.Retry, a.State, Problem.KamailioUnreachable), patience, cancellationToken);

        await AcknowledgeAsync(lease, [.. ofUnits.Results, .. ofAccounts.Results], cancellationToken);
        return new TurnReport([.. ofUnits.Results, .. ofAccounts.Results], ofUnits.Outage || ofAccounts.Outage);
    }

    private async Task<DesiredBatch> ReadDesiredAsync(Lease lease, CancellationToken cancellationToken)
    {
        using var span = Spans.Step("drain.read");
        return new(
            lease.Subjects.Any(s => s.Kind == SubjectKind.Account) ? await _reader.ReadAccountsAsync(lease, cancellationToken) : [],
            lease.Subjects.Any(s => s.Kind == SubjectKind.UnitRules) ? await _reader.ReadUnitsAsync(lease, cancellationToken) : []);
    }

    /// <summary>One kind of subject at a time: what stops the one (a missing grant on its table) must not stop the other.</summary>
    private async Task<TurnReport> ApplyAsync<T>(
        IReadOnlyList<T> desired,
        Func<IReadOnlyList<T>, Patience, CancellationToken, Task<IReadOnlyList<SubjectResult>>> apply,
        Func<T, SubjectResult> unreachable,
        Patience patience,
        CancellationToken cancellationToken)
    {
        if (desired.Count == 0)
            return TurnReport.NothingDue;
        var results = new List<SubjectResult>(desired.Count);
        using var span = Spans.Step("drain.apply");
        try
        {
            foreach (var batch in desired.Chunk(_options.BatchSize))
                results.AddRange(await apply(batch, patience, cancellationToken));
            return new TurnReport(results, Outage: false);
        }
        catch (KamailioOutageException exception)
        {
            span?.SetStatus(ActivityStatusCode.Error, "outage");
            _logger.KamailioOutage(exception.InnerException!.GetType().Name, desired.Count - results.Count);
            return new TurnReport([.. results, .. desired.Skip(results.Count).Select(unreachable)], Outage: true);
        }
    }

    private Task<IReadOnlyList<SubjectResult>> ApplyUnitsAsync(IReadOnlyList<DesiredUnit> desired, Patience patience, CancellationToken cancellationToken) =>
        Isolation.ApplyAsync(desired, _units.ApplyAsync, u => (u.Subject, u.Version), patience, cancellationToken);

    private async Task<IReadOnlyList<SubjectResult>> ApplyAccountsAsync(IReadOnlyList<DesiredAccount> desired, Patience patience, CancellationToken cancellationToken)
    {
        var applied = await Isolation.ApplyAsync(desired, _accounts.ApplyAsync, a => (a.Subject, a.Version), patience, cancellationToken);
        return await Isolation.ApplyAsync(applied, _kicker.KickAsync, r => (r.Subject, r.Version), patience, cancellationToken);
    }

    private async Task AcknowledgeAsync(Lease lease, IReadOnlyList<SubjectResult> results, CancellationToken cancellationToken)
    {
        using var span = Spans.Step("drain.acknowledge");
        var attempts = results.Where(r => r.Outcome == Outcome.Retry).Select(r => r.Subject).ToList() is { Count: > 0 } failed
            ? await _acknowledger.ReadAttemptsAsync(failed, cancellationToken)
            : new Dictionary<Subject, int>();
        var acknowledgements = results
            .Where(r => r.Outcome != Outcome.Superseded)
            .Select(r => Acknowledgement.Of(r, BackoffOf(r, attempts.GetValueOrDefault(r.Subject))) with { Place = lease.PlaceOf(r.Subject) })
            .ToList();
        var written = acknowledgements.Count > 0 ? await _acknowledger.AcknowledgeAsync(acknowledgements, cancellationToken) : new HashSet<Subject>();

        if (results.Where(r => r.Outcome == Outcome.Superseded).ToList() is { Count: > 0 } superseded)
            _logger.VersionsRenewed(superseded.Count, await _renewal.RenewAsync(superseded, cancellationToken));
        foreach (var result in results.Where(r => r.Outcome is Outcome.Refused or Outcome.Retry))
            _logger.SubjectNotSynced(result.Subject, result.Outcome, result.Problem!.Code);

        var unfinished = lease.Subjects.Where(s => !written.Contains(s)).ToList();
        if (unfinished.Count > 0)
            await FreeAsync(lease with { Subjects = unfinished }, cancellationToken);
    }

    private TimeSpan BackoffOf(SubjectResult result, int attempts) =>
        result.Problem == Problem.KamailioUnreachable ? _outageBackoff.After(0) : _backoff.After(attempts);

    /// <summary>
    /// Gives back rows that moved on while they were worked on. One that is locked right now is remembered for the
    /// next turn: left to its lease it would wait for half a minute.
    /// </summary>
    private async Task FreeAsync(Lease lease, CancellationToken cancellationToken)
    {
        var locked = await _claimer.FreeAsync(lease, cancellationToken);
        if (locked.Count > 0)
            _leftovers.Enqueue(lease with { Subjects = locked });
    }

    private async Task FreeLeftoversAsync(CancellationToken cancellationToken)
    {
        // Not more than there are now: what is locked still comes back to the end of the line.
        for (var left = _leftovers.Count; left > 0 && _leftovers.TryDequeue(out var lease); left--)
        {
            var locked = lease.Subjects;
            try
            {
                locked = await _claimer.FreeAsync(lease, cancellationToken);
            }
            finally
            {
                if (locked.Count > 0)
                    _leftovers.Enqueue(lease with { Subjects = locked });
            }
        }
    }
}
