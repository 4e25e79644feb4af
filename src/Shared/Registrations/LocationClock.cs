namespace Neolia.Functions.Registrations;

/// <summary>
/// Reads the times of Kamailio's table <c>location</c>, which are the local time of Kamailio's process (db_mysql writes
/// them with <c>localtime()</c>).
/// </summary>
public sealed class LocationClock(TimeZoneInfo zone)
{
    /// <summary>
    /// Of the two moments that one time of the clock's change in autumn means, the later one: a device shown for an
    /// hour too long is a smaller harm than all devices taken for gone while the clock goes back.
    /// </summary>
    public DateTime ToUtc(DateTime local)
    {
        if (zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime)
            return DateTime.SpecifyKind(local, DateTimeKind.Utc);

        // A time that spring leaves out was not written by Kamailio; it must not end the whole reading.
        return zone.IsInvalidTime(local)
            ? DateTime.SpecifyKind(local - zone.BaseUtcOffset, DateTimeKind.Utc)
            : TimeZoneInfo.ConvertTimeToUtc(local, zone);
    }
}
