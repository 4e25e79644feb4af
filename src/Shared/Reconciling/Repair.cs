using Microsoft.Extensions.Logging;
using Neolia.Functions.Activity;
using Neolia.Functions.Draining;
using Neolia.Functions.Logging;
using Neolia.Functions.Subjects;
using Npgsql;

namespace Neolia.Functions.Reconciling;

/// <summary>Marks what reconcile found, tells of it, and has it drained.</summary>
internal sealed class Repair(DirtyMarks marks, DrainRunner drain, ActivityLog activity, TimeSpan budget, ILogger logger)
{
    private readonly List<Subject[]> _held = [];
    private readonly List<Subject[]> _heldParked = [];
    private Task<DrainReport>? _draining;

    /// <summary>Keeps back what may not be marked yet.</summary>
    public void Hold(IEnumerable<Subject> found, IEnumerable<Subject> parked)
    {
        _held.Add([.. found]);
        _heldParked.Add([.. parked]);
    }

    /// <param name="found">Differs; the log of activities tells of it.</param>
    /// <param name="parked">Could not be synced as it was, and is tried again.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task BeginAsync(IReadOnlyList<Subject> found, IReadOnlyList<Subject> parked, CancellationToken cancellationToken)
    {
        if (found.Count + parked.Count == 0)
            return;
        await NoteAsync(found, cancellationToken);
        await marks.MarkAgainAsync([.. found, .. parked], Timeout.InfiniteTimeSpan, cancellationToken);

        // One who waits at a time: each is told of everything that is done.
        if (_draining is not { IsCompleted: false })
            _draining = drain.DrainAsync(budget, cancellationToken);
    }

    /// <summary>Marks what was kept back, too, and waits. False when the time was up before everything was applied.</summary>
    public async Task<bool> CompleteAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < _held.Count; i++)
            await BeginAsync(_held[i], _heldParked[i], cancellationToken);
        return _draining is null || (await drain.DrainAsync(budget, cancellationToken)).Complete;
    }

    /// <summary>
    /// Before the marks, because the acknowledge tells of the repair only where this was told. That it is told is worth
    /// less than the repair, and must not fail the run.
    /// </summary>
    private async Task NoteAsync(IReadOnlyList<Subject> found, CancellationToken cancellationToken)
    {
        try
        {
            await activity.NoteDriftAsync(found, cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            logger.DriftNotNoted(found.Count, exception.GetType().Name, exception.SqlState);
        }
    }
}
