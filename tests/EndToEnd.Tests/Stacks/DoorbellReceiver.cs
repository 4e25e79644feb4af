using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.Stacks;

/// <summary>An HTTP server that notes when each doorbell arrived and answers as it is told.</summary>
public sealed class DoorbellReceiver : IAsyncDisposable
{
    private readonly LoopbackPort _port = LoopbackPort.Claim();
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<Arrival> _arrivals = new();
    private readonly Task _serving;

    public DoorbellReceiver()
    {
        Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port.Number}/");
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _serving = ServeAsync();
    }

    public sealed record Arrival(TimeSpan At, string Body, string? Signature);

    public string Url { get; }

    /// <summary>Status of the answers; 0 = never answer.</summary>
    public int Status { get; set; } = 200;

    public IReadOnlyList<Arrival> Arrivals => [.. _arrivals];

    public async ValueTask DisposeAsync()
    {
        _listener.Abort();
        await _serving;
        _port.Dispose();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return; // the way to leave GetContextAsync is to close the listener
            }
            using var reader = new StreamReader(context.Request.InputStream);
            _arrivals.Enqueue(new Arrival(
                Stopwatch.GetElapsedTime(0), await reader.ReadToEndAsync(), context.Request.Headers["webhook-signature"]));
            if (Status == 0)
                continue;
            context.Response.StatusCode = Status;
            context.Response.Close();
        }
    }
}
