namespace Neolia.Functions.Registrations;

/// <summary>
/// Reads the times of Kamailio's table <c>location</c>, which are the local time of Kamailio's process (db_mysql writes
/// them with <c>localtime()</c>).
/// </summary>
public sealed class LocationClock(TimeZoneInfo zone)
{
    // By how much the clock of Kamailio's host may be ahead of its database's, reading included.
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(10);

    private readonly bool _isUtc = zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime;

    /// <summary>
    /// Of the two moments that a time of the hour means which autumn has twice: a REGISTER came at the later one unless that
    /// is still to come, and its contact expires at the first one after it, because no registration lasts for longer than
    /// the hour by which the clock goes back: that rests on <c>max_expires</c> (3600) in <c>kamailio/registrations.cfg</c>.
    /// </summary>
    /// <param name="modified">When the contact registered, local.</param>
    /// <param name="expires">Until when, local.</param>
    /// <param name="now">UTC.</param>
    public (DateTime RegisteredAt, DateTime ExpiresAt) ToUtc(DateTime modified, DateTime expires, DateTime now)
    {
        if (_isUtc)
            return (Utc(modified, TimeSpan.Zero), Utc(expires, TimeSpan.Zero));
        var (came, goes) = (Moments(modified), Moments(expires));
        var registeredAt = came.Later <= now + Ahead ? came.Later : came.Earlier;
        return (registeredAt, goes.Earlier > registeredAt ? goes.Earlier : goes.Later);
    }

    /// <summary>The moments that a local time means: one, or the two of autumn.</summary>
    public (DateTime Earlier, DateTime Later) Moments(DateTime local)
    {
        if (zone.IsAmbiguousTime(local))
        {
            var offsets = zone.GetAmbiguousTimeOffsets(local);
            return (Utc(local, offsets.Max()), Utc(local, offsets.Min()));
        }

        // A time that spring leaves out was not written by Kamailio; it must not end the whole reading.
        var utc = Utc(local, zone.IsInvalidTime(local) ? zone.BaseUtcOffset : zone.GetUtcOffset(local));
        return (utc, utc);
    }

    private static DateTime Utc(DateTime local, TimeSpan offset) => DateTime.SpecifyKind(local - offset, DateTimeKind.Utc);
}
