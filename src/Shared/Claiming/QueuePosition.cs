namespace Neolia.Functions.Claiming;

/// <summary>A place in the order in which the queue is worked off.</summary>
internal readonly record struct QueueKey(DateTime NextAttemptAt, Guid SubjectId)
{
    /// <summary>In Postgres' order of uuids, which is Guid's.</summary>
    public bool IsBehind(QueueKey other) =>
        NextAttemptAt != other.NextAttemptAt ? NextAttemptAt < other.NextAttemptAt : SubjectId.CompareTo(other.SubjectId) < 0;
}

/// <summary>
/// How far this process has come in a long queue. A claim that begins at the start walks over every row that was
/// finished since the last vacuum, and while another session holds an old snapshot there are all of them: the last
/// claims of a million would each walk over a million. So the next claim begins where the last one ended.
/// </summary>
/// <remarks>
/// What becomes due behind that place (a transaction that began earlier and commits late, a lease that ran out) is found
/// by a walk from the start, which comes now and then, whenever a claim was not full, and before anybody is told that
/// nothing is due. Now and then means that such walks take a twentieth of the time.
/// </remarks>
internal sealed class QueuePosition(TimeProvider clock)
{
    private const int TimesItsCost = 20;

    /// <summary>Before every row.</summary>
    public static readonly QueueKey Start = new(DateTime.UnixEpoch, Guid.Empty);

    private QueueKey _position = Start;
    private long _walkAgainAt;

    /// <summary>Behind which row the next claim begins.</summary>
    public QueueKey Next() => clock.GetTimestamp() < _walkAgainAt ? _position : Start;

    /// <param name="from">What <see cref="Next"/> said.</param>
    /// <param name="isFull">The claim found as many as it was to take.</param>
    /// <param name="last">The last row that was claimed.</param>
    public void Claimed(QueueKey from, bool isFull, QueueKey? last, TimeSpan took)
    {
        if (!isFull || last is not { } position)
        {
            _walkAgainAt = 0;
            return;
        }

        // A walk now and then may come back with nothing but rows of long before, and is not to lose the place.
        if (_walkAgainAt == 0 || _position.IsBehind(position))
            _position = position;
        if (from == Start)
            _walkAgainAt = clock.GetTimestamp() + (long)(TimesItsCost * took.TotalSeconds * clock.TimestampFrequency);
    }
}
