using System.Diagnostics;
using Neolia.Functions.Telemetry;
using OpenTelemetry.Trace;

namespace Neolia.Functions.Tests.Telemetry;

public sealed class ModestSamplerTests
{
    private readonly ManualTime _clock = new();

    [Fact]
    public void So_many_traces_begin_in_the_long_run_whatever_comes()
    {
        var sampler = ModestSampler.Of(0.5, _clock);

        var begun = 0;
        for (var second = 0; second < 3600; second++)
        {
            begun += Enumerable.Range(0, 100).Count(_ => Begins(sampler, default));
            _clock.Pass(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(begun, 1800, 1820);
    }

    [Fact]
    public void After_a_quiet_time_some_begin_at_once()
    {
        var sampler = ModestSampler.Of(0.5, _clock);
        while (Begins(sampler, default))
        {
        }

        _clock.Pass(TimeSpan.FromHours(1));

        Assert.Equal(20, Enumerable.Range(0, 100).Count(_ => Begins(sampler, default)));
    }

    [Fact]
    public void None_begins_where_none_is_wanted() => Assert.False(Begins(ModestSampler.Of(0, _clock), default));

    [Theory]
    [InlineData(ActivityTraceFlags.Recorded)]
    [InlineData(ActivityTraceFlags.None)]
    public void A_caller_decides_nothing(ActivityTraceFlags wish)
    {
        var caller = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), wish, isRemote: true);

        Assert.False(Begins(ModestSampler.Of(0, _clock), caller));
        Assert.True(Begins(ModestSampler.Of(1, _clock), caller));
    }

    [Theory]
    [InlineData(ActivityTraceFlags.Recorded, true)]
    [InlineData(ActivityTraceFlags.None, false)]
    public void A_trace_that_began_here_is_recorded_to_its_end_or_not_at_all(ActivityTraceFlags begun, bool recorded) =>
        Assert.Equal(recorded, Begins(ModestSampler.Of(recorded ? 0 : 1000, _clock), new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), begun)));

    private static bool Begins(Sampler sampler, ActivityContext parent) =>
        sampler.ShouldSample(new SamplingParameters(parent, ActivityTraceId.CreateRandom(), "a span", ActivityKind.Server)).Decision == SamplingDecision.RecordAndSample;

    private sealed class ManualTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Pass(TimeSpan time) => _now += time.Ticks;
    }
}
