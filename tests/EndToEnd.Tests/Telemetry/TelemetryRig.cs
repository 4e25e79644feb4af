using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Telemetry;

/// <summary>A stack of one's own whose app sends everything to a collector, soon.</summary>
public sealed class TelemetryRig : IAsyncLifetime
{
    private OtlpReceiver? _receiver;
    private Stack? _stack;

    public Stack Stack => _stack ?? throw new InvalidOperationException("The stack has not started.");

    internal OtlpReceiver Receiver => _receiver ?? throw new InvalidOperationException("The collector has not started.");

    /// <summary>Without lingering it is always the doorbell that begins a drain, and no timer.</summary>
    public static IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Drain__LingerFor"] = "00:00:00",
        ["Drain__Interval"] = "01:00:00",
        ["Registrations__Interval"] = "01:00:00",
        ["Reconcile__Interval"] = "01:00:00",
        ["Telemetry__TracesPerSecond"] = "1000",
        ["Telemetry__Interval"] = "00:00:00.200",
    };

    public async ValueTask InitializeAsync()
    {
        _receiver = await OtlpReceiver.StartAsync();
        _stack = await Stack.StartAsync(
            new StackOptions { WithDashboard = false, AppSettings = new Dictionary<string, string>(Settings) { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _receiver.Address } },
            CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stack is not null)
            await _stack.DisposeAsync();
        if (_receiver is not null)
            await _receiver.DisposeAsync();
    }
}
