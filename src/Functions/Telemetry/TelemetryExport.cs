using System.Reflection;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Options;
using Neolia.Functions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Neolia.Functions.Telemetry;

/// <summary>
/// Sends traces and metrics to where the settings say. It is put together when the program serves already, so that a start
/// costs nothing more; what happens before that is not recorded. A target that can't be reached loses them and holds up
/// nothing.
/// </summary>
internal sealed class TelemetryExport(
    TelemetryTargets targets, IOptions<TelemetryOptions> options, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<TelemetryExport> logger)
    : BackgroundService
{
    private const int BatchDelayMs = 5_000;
    private const int LastWordsMs = 2_000;

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        _traces?.Shutdown(LastWordsMs);
        _metrics?.Shutdown(LastWordsMs);
    }

    public override void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (targets.IsNowhere)
            return;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        try
        {
            var resource = ResourceBuilder.CreateEmpty().AddService("neolia-functions", serviceVersion: Version());
            _metrics = BuildMetrics(resource);
            _traces = BuildTraces(resource);
        }
        catch (Exception exception)
        {
            // Nothing that people need hangs on it.
            logger.TelemetryFailed(exception.GetType().Name);
        }
    }

    private static string Version() => typeof(TelemetryExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private TracerProvider BuildTraces(ResourceBuilder resource)
    {
        var builder = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Spans.SourceName);
        if (targets.Otlp is not null)
        {
            builder.AddOtlpExporter(otlp =>
            {
                Send(otlp, "v1/traces");
                otlp.BatchExportProcessorOptions.ScheduledDelayMilliseconds = (int)Math.Min(BatchDelayMs, options.Value.Interval.TotalMilliseconds);
            });
        }

        if (targets.Insights is not null)
            builder.AddAzureMonitorTraceExporter(Send);

        // After the exporters, of which one would set its own.
        return builder.SetSampler(ModestSampler.Of(options.Value.TracesPerSecond, clock)).Build();
    }

    private MeterProvider BuildMetrics(ResourceBuilder resource)
    {
        var builder = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Measures.MeterName);
        if (targets.Otlp is not null)
        {
            builder.AddOtlpExporter((otlp, reader) =>
            {
                Send(otlp, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.Value.Interval.TotalMilliseconds;
            });
        }

        if (targets.Insights is not null)
            builder.AddAzureMonitorMetricExporter(Send);
        return builder.Build();
    }

    private void Send(OtlpExporterOptions otlp, string signal)
    {
        otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
        otlp.Endpoint = new Uri($"{targets.Otlp!.AbsoluteUri.TrimEnd('/')}/{signal}");
    }

    private void Send(AzureMonitorExporterOptions insights)
    {
        insights.ConnectionString = targets.Insights;
        insights.Credential = targets.InsightsCredential;

        // What can't be sent is lost, and does not lie about on the instance's disk.
        insights.DisableOfflineStorage = true;
    }
}
