using System.Collections.Concurrent;
using System.Net;
using Neolia.LocalStack.Supervision;

namespace Neolia.Chaos.Doorbells;

internal enum GateMode
{
    Open,

    /// <summary>Every doorbell is lost.</summary>
    Shut,

    /// <summary>Lost, doubled, delayed (hence out of order), or replayed later, by the seed.</summary>
    Unruly,
}

/// <summary>Where the doorbell rings: hands each on to one of the processes, or does to it what the mode says.</summary>
internal sealed class DoorbellGate : IAsyncDisposable
{
    /// <summary>Beyond the tolerance of a doorbell's time, which is 300 s.</summary>
    private static readonly TimeSpan BeyondTolerance = TimeSpan.FromSeconds(301);

    private readonly HttpListener _listener = new();
    private readonly LoopbackPort _port = LoopbackPort.Claim();
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Random _random;
    private readonly Task _listening;
    private int _next;

    public DoorbellGate(int seed)
    {
        _random = new Random(Seeds.Of(seed, "doorbells"));
        _listener.Prefixes.Add($"http://127.0.0.1:{_port.Number}/");
        _listener.Start();
        _listening = ListenAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{_port.Number}/api/webhooks/supabase");

    public GateMode Mode { get; set; }

    /// <summary>Where to hand them on.</summary>
    public IReadOnlyList<Uri> Targets { get; set; } = [];

    /// <summary>By what became of them.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Stop();
        await _listening;
        _listener.Close();
        _client.Dispose();
        _port.Dispose();
        _ended.Dispose();
    }

    private async Task ListenAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var ring = await Ring.ReadAsync(context.Request);
            context.Response.StatusCode = 202;
            context.Response.Close();
            _ = HandleAsync(ring);
        }
    }

    private async Task HandleAsync(Ring ring)
    {
        double number, delay;
        lock (_random)
            (number, delay) = (_random.NextDouble(), _random.NextDouble());
        switch (Mode)
        {
            case GateMode.Shut:
            case GateMode.Unruly when number < 0.3:
                Count("dropped");
                return;
            case GateMode.Unruly when number < 0.5:
                Count("doubled");
                await Task.WhenAll(HandOnAsync(ring, TimeSpan.Zero), HandOnAsync(ring, TimeSpan.FromSeconds(delay)));
                return;
            case GateMode.Unruly when number < 0.8:
                Count("delayed, out of order");
                await HandOnAsync(ring, TimeSpan.FromSeconds(delay * 3));
                return;
            case GateMode.Unruly when number < 0.82:
                Count("delayed beyond the tolerance");
                await HandOnAsync(ring, BeyondTolerance + TimeSpan.FromSeconds(delay));
                return;
            default:
                Count("handed on");
                await HandOnAsync(ring, TimeSpan.Zero);
                return;
        }
    }

    private async Task HandOnAsync(Ring ring, TimeSpan delay)
    {
        try
        {
            if (delay > TimeSpan.Zero)
                await Task.Delay(delay, _ended.Token);
            if (Targets.Count == 0)
                return;
            using var request = ring.To(new Uri(Targets[Interlocked.Increment(ref _next) % Targets.Count], Url.AbsolutePath));
            using var answer = await _client.SendAsync(request, _ended.Token);
            Count(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"answered {(int)answer.StatusCode}"));
        }
        catch (HttpRequestException)
        {
            Count("found nobody");
        }
        catch (OperationCanceledException)
        {
            Count("not answered");
        }
    }

    private void Count(string what) => _counts.AddOrUpdate(what, 1, (_, n) => n + 1);
}
