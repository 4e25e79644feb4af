namespace Neolia.Functions.Telemetry;

/// <summary>Settings <c>Telemetry__*</c>. Where traces and metrics go is said by settings of the platforms that take them.</summary>
internal sealed class TelemetryOptions
{
    public const string Section = "Telemetry";

    /// <summary>
    /// Traces an instance begins in a second, in the long run. What is beyond is not recorded: the day's quota of
    /// Application Insights is shared with the log lines that alerts are made of. 0: no traces. Metrics count everything.
    /// </summary>
    public double TracesPerSecond { get; set; } = 0.5;

    /// <summary>How often metrics are sent to an OTLP endpoint.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);
}
