namespace Neolia.ProtocolModel.Databases;

/// <summary>Time passes when the scenario says so, and a little with each look, so that no two statements share a moment.</summary>
internal sealed class Clock : TimeProvider
{
    private DateTime _now = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public DateTime Next() => _now += TimeSpan.FromMicroseconds(10);

    public void Pass(TimeSpan time) => _now += time;

    public override long GetTimestamp() => _now.Ticks;
}
