using System.Globalization;
using Neolia.Functions.Registrations;

namespace Neolia.Functions.Tests.Registrations;

public sealed class LocationClockTests
{
    [Theory]
    [InlineData("UTC", "2026-07-01T12:00:00", "2026-07-01T12:00:00")]
    [InlineData("Europe/Paris", "2026-07-01T12:00:00", "2026-07-01T10:00:00")]
    [InlineData("Europe/Paris", "2026-01-15T12:00:00", "2026-01-15T11:00:00")]
    [InlineData("Europe/London", "2026-07-01T12:00:00", "2026-07-01T11:00:00")]
    [InlineData("America/Martinique", "2026-07-01T23:30:00", "2026-07-02T03:30:00")]
    [InlineData("Asia/Kolkata", "2026-07-01T12:00:00", "2026-07-01T06:30:00")]
    public void Tells_the_moment_of_a_local_time(string zone, string local, string utc) => Assert.Equal(Time(utc), Utc(zone, local));

    [Fact]
    public void The_hour_that_autumn_has_twice_is_taken_for_the_later_one() =>
        Assert.Equal(Time("2026-10-25T01:30:00"), Utc("Europe/Paris", "2026-10-25T02:30:00"));

    [Fact]
    public void The_hour_that_spring_leaves_out_ends_nothing() =>
        Assert.Equal(Time("2026-03-29T01:30:00"), Utc("Europe/Paris", "2026-03-29T02:30:00"));

    private static DateTime Utc(string zone, string local)
    {
        var utc = new LocationClock(TimeZoneInfo.FindSystemTimeZoneById(zone)).ToUtc(Time(local));
        Assert.Equal(DateTimeKind.Utc, utc.Kind);
        return utc;
    }

    private static DateTime Time(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture);
}
