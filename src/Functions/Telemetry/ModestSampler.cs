using OpenTelemetry.Trace;

namespace Neolia.Functions.Telemetry;

/// <summary>
/// Lets a bounded number of traces begin: so many a second in the long run, a few more after a quiet time. A trace that was
/// begun here is recorded to its end, and a caller's wish to be recorded or not counts for nothing: anybody can send one.
/// </summary>
internal sealed class ModestSampler(double perSecond, TimeProvider clock) : Sampler
{
    private const double MostSaved = 20;

    private readonly Lock _lock = new();
    private double _saved = Math.Min(MostSaved, perSecond * MostSaved);
    private long _since = clock.GetTimestamp();

    public static Sampler Of(double perSecond, TimeProvider clock)
    {
        var begins = new ModestSampler(perSecond, clock);
        return new ParentBasedSampler(begins, remoteParentSampled: begins, remoteParentNotSampled: begins);
    }

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(TryTake() ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);

    private bool TryTake()
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            _saved = Math.Min(Math.Max(MostSaved, perSecond), _saved + (clock.GetElapsedTime(_since, now).TotalSeconds * perSecond));
            _since = now;
            if (_saved < 1)
                return false;
            _saved--;
            return true;
        }
    }
}
