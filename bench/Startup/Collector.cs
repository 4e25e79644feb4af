using System.Globalization;
using System.Net;
using Neolia.LocalStack.Supervision;

namespace Neolia.Bench.Startup;

/// <summary>Takes traces and metrics, for a collector and for Application Insights, and throws them away.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly LoopbackPort _port = LoopbackPort.Claim();
    private readonly HttpListener _listener = new();
    private readonly Task _answering;

    public Collector()
    {
        _listener.Prefixes.Add($"{Address}/");
        _listener.Start();
        _answering = AnswerAsync();
    }

    /// <summary>What an app that sends to both has in its settings.</summary>
    public IReadOnlyDictionary<string, string> AppSettings => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address,
        ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = $"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint={Address}/",
    };

    private string Address => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port.Number}");

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _answering;
        ((IDisposable)_listener).Dispose();
        _port.Dispose();
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var request = await _listener.GetContextAsync();
                request.Response.Close();
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException && !_listener.IsListening)
        {
            // Told to stop.
        }
    }
}
