using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Neolia.EndToEnd.Tests.Vault;
using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.Telemetry;

/// <summary>
/// Application Insights' ingestion over HTTPS, for who comes with a token of Entra ID and nobody else, and the managed
/// identity endpoint that gives one out.
/// </summary>
internal sealed class InsightsServer : IAsyncDisposable
{
    private readonly string _token = RandomNumberGenerator.GetHexString(64);
    private readonly string _identityHeader = RandomNumberGenerator.GetHexString(32);
    private readonly string _clientId = Guid.NewGuid().ToString();
    private readonly LoopbackPort _ingestionPort = LoopbackPort.Claim();
    private readonly LoopbackPort _identityPort = LoopbackPort.Claim();
    private readonly LoopbackCertificate _certificate = LoopbackCertificate.Create();
    private readonly ConcurrentQueue<string> _items = new();
    private readonly WebApplication _server;

    private InsightsServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, _ingestionPort.Number, listen => listen.UseHttps(_certificate.WithKey));
            kestrel.Listen(IPAddress.Loopback, _identityPort.Number);
        });
        _server = builder.Build();
        _server.MapPost("/{version}/track", (Delegate)KeepAsync);
        _server.MapGet("/msi/token", IssueToken);
    }

    /// <summary>What an app on Azure has in its settings and environment.</summary>
    public IReadOnlyDictionary<string, string> AppSettings => new Dictionary<string, string>
    {
        ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = $"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint=https://localhost:{_ingestionPort.Number}/",
        ["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] = $"ClientId={_clientId};Authorization=AAD",
        ["IDENTITY_ENDPOINT"] = $"http://127.0.0.1:{_identityPort.Number}/msi/token",
        ["IDENTITY_HEADER"] = _identityHeader,
        ["SSL_CERT_FILE"] = _certificate.File,
    };

    /// <summary>The items' type and content, as JSON.</summary>
    public IReadOnlyList<(string Type, string Data)> Items =>
        [.. _items.Select(item => JsonDocument.Parse(item).RootElement.GetProperty("data")).Select(d => (d.GetProperty("baseType").GetString()!, d.GetProperty("baseData").GetRawText()))];

    public static async Task<InsightsServer> StartAsync()
    {
        var insights = new InsightsServer();
        await insights._server.StartAsync(TestContext.Current.CancellationToken);
        return insights;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _ingestionPort.Dispose();
        _identityPort.Dispose();
        _certificate.Dispose();
    }

    private async Task<IResult> KeepAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization != $"Bearer {_token}")
            return Results.Unauthorized();
        await using var body = context.Request.Headers.ContentEncoding == "gzip" ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
        using var reader = new StreamReader(body, Encoding.UTF8);
        var lines = (await reader.ReadToEndAsync(context.RequestAborted)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in lines)
            _items.Enqueue(line);
        return Results.Json(new { itemsReceived = lines.Length, itemsAccepted = lines.Length, errors = Array.Empty<object>() });
    }

    private IResult IssueToken(HttpContext context, string resource) =>
        context.Request.Headers["X-IDENTITY-HEADER"] == _identityHeader && resource.StartsWith("https://monitor.azure.com", StringComparison.Ordinal) && context.Request.Query["client_id"] == _clientId
            ? Results.Json(new { access_token = _token, expires_on = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), resource, token_type = "Bearer" })
            : Results.Unauthorized();
}
