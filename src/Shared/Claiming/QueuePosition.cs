namespace Neolia.Functions.Claiming;

/// <summary>A place in the order in which the queue is worked off.</summary>
/// <param name="NextAttemptAt">Null: a few seconds ago, by the database's clock.</param>
internal readonly record struct QueueKey(DateTime? NextAttemptAt, Guid SubjectId)
{
    /// <summary>In Postgres' order of uuids, which is Guid's.</summary>
    public bool IsBehind(QueueKey other) =>
        NextAttemptAt != other.NextAttemptAt ? NextAttemptAt < other.NextAttemptAt : SubjectId.CompareTo(other.SubjectId) < 0;
}

/// <summary>
/// Where the next claim of this process begins. One that begins at the start walks over every row that was finished since
/// the last vacuum, and while another session holds an old snapshot there are all of them: the last claims of a million
/// would each walk over a million, and so would each look at an empty queue. So a claim begins where the last full one
/// ended, or a few seconds ago where nothing is known to wait.
/// </summary>
/// <remarks>
/// What becomes due further back (a transaction that began earlier and commits late, a lease that ran out) is found by a
/// walk from the start, which comes now and then, and before anybody who waits is told that nothing is due. Now and then
/// means that such walks take a twentieth of the time, which is every look or two where a walk takes a millisecond.
/// </remarks>
internal sealed class QueuePosition(TimeProvider clock)
{
    private const int TimesItsCost = 20;

    /// <summary>So short a walk is hardly dearer than a shorter look before it, which would be a round trip more.</summary>
    private static readonly TimeSpan Cheap = TimeSpan.FromMilliseconds(50);

    /// <summary>Before every row.</summary>
    public static readonly QueueKey Start = new(DateTime.UnixEpoch, Guid.Empty);

    /// <summary>Before what became due in the last seconds.</summary>
    public static readonly QueueKey Lately = new(null, Guid.Empty);

    // Behind the last row of a full claim: more waits.
    private QueueKey? _position;
    private long _walkAgainAt;
    private TimeSpan _walkTook;

    /// <summary>Behind which row the next claim begins.</summary>
    /// <param name="thorough">Nothing found lately will be followed by a walk.</param>
    public QueueKey Next(bool thorough) =>
        clock.GetTimestamp() >= _walkAgainAt || (thorough && _position is null && _walkTook < Cheap) ? Start : _position ?? Lately;

    /// <summary>A claim ended, or failed.</summary>
    public void Looked(QueueKey from, TimeSpan took)
    {
        if (from != Start)
            return;
        _walkTook = took;
        _walkAgainAt = clock.GetTimestamp() + (long)(TimesItsCost * took.TotalSeconds * clock.TimestampFrequency);
    }

    /// <param name="isFull">The claim found as many as it was to take.</param>
    /// <param name="last">The last row that was claimed.</param>
    public void Claimed(bool isFull, QueueKey? last)
    {
        // A walk now and then may come back with nothing but rows of long before, and is not to lose the place.
        if (!isFull)
            _position = null;
        else if (last is { } row && (_position is not { } position || position.IsBehind(row)))
            _position = row;
    }
}
