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
    public void Tells_the_moment_of_a_local_time(string zone, string local, string utc) =>
        Assert.Equal((Time(utc), Time(utc).AddMinutes(10)), Utc(zone, local, Time(local).AddMinutes(10).ToString("s"), utc));

    /// <summary>On 25 October 2026 Paris has the hour from 02:00 to 03:00 twice: from 00:00 and from 01:00 UTC.</summary>
    [Theory]
    [InlineData("00:35:00", "02:30:00", "02:40:00", "00:30:00", "00:40:00")]
    [InlineData("00:35:00", "02:30:00", "02:30:00", "00:30:00", "01:30:00")]
    [InlineData("00:05:00", "01:58:00", "02:08:00", "23:58:00", "00:08:00")]
    [InlineData("00:58:00", "02:55:00", "02:05:00", "00:55:00", "01:05:00")]
    [InlineData("01:02:00", "02:55:00", "02:05:00", "00:55:00", "01:05:00")]
    [InlineData("01:35:00", "02:30:00", "02:40:00", "01:30:00", "01:40:00")]
    [InlineData("01:30:00", "02:30:01", "02:40:01", "01:30:01", "01:40:01")]
    [InlineData("01:35:00", "02:40:00", "02:40:00", "00:40:00", "01:40:00")]
    [InlineData("02:02:00", "02:58:00", "03:08:00", "01:58:00", "02:08:00")]
    public void The_hour_that_autumn_has_twice_is_told_apart_by_the_other_times(string now, string modified, string expires, string registeredAt, string expiresAt) =>
        Assert.Equal((Autumn(registeredAt), Autumn(expiresAt)), Utc("Europe/Paris", $"2026-10-25T{modified}", $"2026-10-25T{expires}", $"{Autumn(now):s}"));

    [Fact]
    public void The_hour_that_spring_leaves_out_ends_nothing() =>
        Assert.Equal(Time("2026-03-29T01:30:00"), Utc("Europe/Paris", "2026-03-29T02:30:00", "2026-03-29T03:30:00", "2026-03-29T01:30:00").RegisteredAt);

    private static (DateTime RegisteredAt, DateTime ExpiresAt) Utc(string zone, string modified, string expires, string now)
    {
        var read = new LocationClock(TimeZoneInfo.FindSystemTimeZoneById(zone)).ToUtc(Time(modified), Time(expires), Time(now));
        Assert.Equal((DateTimeKind.Utc, DateTimeKind.Utc), (read.RegisteredAt.Kind, read.ExpiresAt.Kind));
        return read;
    }

    private static DateTime Autumn(string time) => Time($"2026-10-{(time.StartsWith("23", StringComparison.Ordinal) ? 24 : 25)}T{time}");

    private static DateTime Time(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture);
}
