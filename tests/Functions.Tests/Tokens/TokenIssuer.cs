using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Neolia.Functions.Tests.Tokens;

/// <summary>A Supabase project's token issuer on loopback: publishes its keys over HTTP, and can be out of order in several ways.</summary>
internal sealed class TokenIssuer : IAsyncDisposable
{
    private readonly WebApplication _server;
    private int _readings;
    private volatile IReadOnlyList<TokenKey> _published = [];
    private volatile string? _instead;
    private volatile TaskCompletionSource? _held;

    private TokenIssuer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _server = builder.Build();
        _server.MapGet("/auth/v1/.well-known/jwks.json", AnswerAsync);
    }

    /// <summary>Claim <c>iss</c> of its tokens.</summary>
    public string Name => $"{_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()}/auth/v1";

    /// <summary>How often its keys were asked for.</summary>
    public int Readings => Volatile.Read(ref _readings);

    public bool OutOfOrder { get; set; }

    public static async Task<TokenIssuer> StartAsync(params IReadOnlyList<TokenKey> published)
    {
        var issuer = new TokenIssuer();
        issuer.Publish(published);
        await issuer._server.StartAsync(TestContext.Current.CancellationToken);
        return issuer;
    }

    public void Publish(params IReadOnlyList<TokenKey> keys) => _published = keys;

    /// <summary>Answers this with status 200 instead of a key set.</summary>
    public void AnswerInstead(string text) => _instead = text;

    /// <summary>Answers nobody until <see cref="LetGo"/>.</summary>
    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void LetGo() => _held?.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        LetGo();
        await _server.DisposeAsync();
    }

    private async Task<IResult> AnswerAsync()
    {
        Interlocked.Increment(ref _readings);
        if (_held is { } held)
            await held.Task;
        if (OutOfOrder)
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        return Results.Text(_instead ?? new JsonObject { ["keys"] = new JsonArray([.. _published.Select(key => key.ToJwk())]) }.ToJsonString(), "application/json");
    }
}
