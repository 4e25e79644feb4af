using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Neolia.LocalStack.Functions;

namespace Neolia.EndToEnd.Tests.Vault;

/// <summary>Doorbells and requests of a signed-in user, all of them valid, several at once and without a pause.</summary>
internal sealed class ValidLoad(FunctionApp app, string webhookSecret, string jwtSecret) : IDisposable
{
    private readonly HttpClient _client = new() { BaseAddress = app.Url, Timeout = TimeSpan.FromSeconds(30) };
    private readonly CancellationTokenSource _stop = new();
    private readonly string _user = Guid.NewGuid().ToString();
    private Task _running = Task.CompletedTask;
    private volatile string _phase = "start";
    private int _accepted;

    public string WebhookSecret { get; set; } = webhookSecret;

    public string JwtSecret { get; set; } = jwtSecret;

    public int Accepted => Volatile.Read(ref _accepted);

    public ConcurrentBag<string> Refusals { get; } = [];

    /// <summary>Starts once the app accepts everything, which takes it a moment after its own start.</summary>
    public async Task StartAsync()
    {
        await Http.Eventually.HoldsAsync("the app is ready", async () =>
        {
            using var ready = await _client.GetAsync(new Uri("/api/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
            return ready.IsSuccessStatusCode;
        });
        _running = Task.WhenAll(RepeatAsync("doorbell", RingAsync), RepeatAsync("check_status", CheckStatusAsync), RepeatAsync("sync_all", SyncAllAsync));
    }

    /// <summary>Lets the load run on, under a name for its refusals.</summary>
    public Task RunAsync(string phase, TimeSpan duration)
    {
        _phase = phase;
        return Task.Delay(duration, TestContext.Current.CancellationToken);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public void Dispose()
    {
        _client.Dispose();
        _stop.Dispose();
    }

    public async Task<int> RingAsync()
    {
        const string body = """{"type":"UPDATE","schema":"public","table":"sip_accounts"}""";
        var (id, timestamp) = ($"msg_{Guid.NewGuid()}", DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        var signature = HMACSHA256.HashData(Convert.FromBase64String(WebhookSecret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/webhooks/supabase") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", $"v1,{Convert.ToBase64String(signature)}");
        return (await SendAsync(request)).Status;
    }

    public Task<int> CheckStatusAsync() => SyncAsync("check_status", "\"connected\":true");

    private Task<int> SyncAllAsync() => SyncAsync("sync_all", "\"success\":true");

    /// <summary>The status; 0 for an answer of 200 that doesn't say what a good one says.</summary>
    private async Task<int> SyncAsync(string action, string good)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/kamailio-sync")
        {
            Content = new StringContent($$"""{"action":"{{action}}"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Authorization", $"Bearer {Token()}");
        var (status, text) = await SendAsync(request);
        return status == 200 && !text.Contains(good, StringComparison.Ordinal) ? 0 : status;
    }

    private string Token()
    {
        var signed = $"{Base64Url("""{"alg":"HS256","typ":"JWT"}""")}.{Base64Url($$"""{"sub":"{{_user}}","aud":"authenticated","role":"authenticated","exp":{{DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds()}}}""")}";
        return $"{signed}.{Base64Url(HMACSHA256.HashData(Encoding.UTF8.GetBytes(JwtSecret), Encoding.UTF8.GetBytes(signed)))}";
    }

    private static string Base64Url(string text) => Base64Url(Encoding.UTF8.GetBytes(text));

    private static string Base64Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private async Task<(int Status, string Text)> SendAsync(HttpRequestMessage request)
    {
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task RepeatAsync(string what, Func<Task<int>> send)
    {
        while (!_stop.IsCancellationRequested)
        {
            var status = await send();
            if (status is 200 or 202)
                Interlocked.Increment(ref _accepted);
            else
                Refusals.Add($"{_phase}: {what} was answered {status}");
        }
    }
}
