using Microsoft.Extensions.Options;

namespace Neolia.Functions.Telemetry;

internal sealed class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, TelemetryOptions options)
    {
        var failures = new List<string>();
        if (options.TracesPerSecond is not (>= 0 and <= 1000))
            failures.Add($"Telemetry__TracesPerSecond is {options.TracesPerSecond} and must be from 0 to 1000");
        if (options.Interval < Shortest || options.Interval > Longest)
            failures.Add($"Telemetry__Interval is {options.Interval} and must be from {Shortest} to {Longest} (hours:minutes:seconds)");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
