using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.Telemetry;

/// <summary>A collector for OTLP over HTTP that keeps what it is sent.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly LoopbackPort _port = LoopbackPort.Claim();
    private readonly ConcurrentQueue<byte[]> _traces = new();
    private readonly ConcurrentQueue<byte[]> _metrics = new();
    private readonly WebApplication _server;

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port.Number));
        _server = builder.Build();
        _server.MapPost("/v1/traces", context => KeepAsync(context, _traces));
        _server.MapPost("/v1/metrics", context => KeepAsync(context, _metrics));
    }

    public string Address => $"http://127.0.0.1:{_port.Number}";

    public IReadOnlyList<OtlpSpan> Spans => [.. _traces.SelectMany(OtlpSpan.ReadAll)];

    /// <summary>As often as they were sent: sums and histograms count from the start of the program.</summary>
    public IReadOnlyList<OtlpPoint> Points => [.. _metrics.SelectMany(OtlpPoint.ReadAll)];

    /// <summary>All that came, as it came.</summary>
    public IReadOnlyList<byte[]> Bodies => [.. _traces, .. _metrics];

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver._server.StartAsync(CancellationToken.None);
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _port.Dispose();
    }

    private static async Task KeepAsync(HttpContext context, ConcurrentQueue<byte[]> bodies)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        bodies.Enqueue(body.ToArray());
        context.Response.ContentType = "application/x-protobuf";
    }
}
