using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.Vault;

/// <summary>
/// Speaks as much of Azure as the app asks for: the vault's REST API over HTTPS, with its challenge to who comes
/// without a token, and the managed identity endpoint that an app on Azure finds in its environment.
/// </summary>
internal sealed class KeyVaultServer : IAsyncDisposable
{
    private readonly string _token = RandomNumberGenerator.GetHexString(64);
    private readonly string _identityHeader = RandomNumberGenerator.GetHexString(32);
    private readonly ConcurrentDictionary<string, string> _secrets = new();
    private readonly LoopbackPort _vaultPort = LoopbackPort.Claim();
    private readonly LoopbackPort _identityPort = LoopbackPort.Claim();
    private readonly LoopbackCertificate _certificate = LoopbackCertificate.Create();
    private readonly WebApplication _server;
    private int _challenges;
    private int _readings;
    private volatile bool _outOfReach;

    private KeyVaultServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, _vaultPort.Number, listen => listen.UseHttps(_certificate.WithKey));
            kestrel.Listen(IPAddress.Loopback, _identityPort.Number);
        });
        _server = builder.Build();
        _server.MapGet("/secrets/{name}/{version?}", ReadSecret);
        _server.MapGet("/msi/token", IssueToken);
    }

    public static async Task<KeyVaultServer> StartAsync(IReadOnlyDictionary<string, string> secrets)
    {
        var vault = new KeyVaultServer();
        foreach (var (name, value) in secrets)
            vault.Set(name, value);
        await vault._server.StartAsync(TestContext.Current.CancellationToken);
        return vault;
    }

    /// <summary>What an app on Azure has in its settings and environment.</summary>
    public IReadOnlyDictionary<string, string> AppSettings => new Dictionary<string, string>
    {
        ["KeyVault__Uri"] = $"https://localhost:{_vaultPort.Number}",
        ["IDENTITY_ENDPOINT"] = $"http://127.0.0.1:{_identityPort.Number}/msi/token",
        ["IDENTITY_HEADER"] = _identityHeader,
        ["SSL_CERT_FILE"] = _certificate.File,
    };

    /// <summary>Requests without a token, answered with the challenge.</summary>
    public int Challenges => Volatile.Read(ref _challenges);

    /// <summary>Secrets handed out.</summary>
    public int Readings => Volatile.Read(ref _readings);

    /// <summary>True: answers 503 to everything.</summary>
    public bool OutOfReach
    {
        get => _outOfReach;
        set => _outOfReach = value;
    }

    public void Set(string name, string value) => _secrets[name] = value;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _vaultPort.Dispose();
        _identityPort.Dispose();
        _certificate.Dispose();
    }

    private IResult ReadSecret(string name, HttpContext context)
    {
        if (_outOfReach)
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        if (context.Request.Headers.Authorization != $"Bearer {_token}")
        {
            Interlocked.Increment(ref _challenges);
            context.Response.Headers.WWWAuthenticate =
                """Bearer authorization="https://login.microsoftonline.com/00000000-0000-0000-0000-000000000001", resource="https://vault.azure.net" """;
            return Results.Json(new { error = new { code = "Unauthorized", message = "AKV10000: Request is missing a Bearer or PoP token." } }, statusCode: 401);
        }

        if (!_secrets.TryGetValue(name, out var value))
            return Results.Json(new { error = new { code = "SecretNotFound", message = $"A secret with (name/id) {name} was not found in this key vault." } }, statusCode: 404);
        Interlocked.Increment(ref _readings);
        return Results.Json(new { value, id = $"https://localhost:{_vaultPort.Number}/secrets/{name}/1", attributes = new { enabled = true } });
    }

    private IResult IssueToken(HttpContext context, string resource)
    {
        if (context.Request.Headers["X-IDENTITY-HEADER"] != _identityHeader || resource != "https://vault.azure.net")
            return Results.Unauthorized();
        return Results.Json(new { access_token = _token, expires_on = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), resource, token_type = "Bearer" });
    }
}
