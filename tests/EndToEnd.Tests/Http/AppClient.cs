using System.Text;
using System.Text.Json;
using Neolia.LocalStack;
using Neolia.LocalStack.Functions;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>Asks a function app, and holds every one of its answers against what none may ever contain.</summary>
internal sealed class AppClient : IDisposable
{
    // Connection strings, names of exceptions and frames of a stack trace.
    private static readonly string[] Internals = ["Host=", "Server=", "Password=", "Exception", "Npgsql", "MySqlConnector", "   at ", "127.0.0.1"];

    private readonly HttpClient _client;
    private readonly IReadOnlyList<string> _never;

    public AppClient(Stack stack, FunctionApp? app = null)
    {
        _client = new HttpClient { BaseAddress = (app ?? stack.App!).Url, Timeout = TimeSpan.FromSeconds(60) };
        var secrets = stack.AppSettings
            .Where(s => s.Key.EndsWith("Password", StringComparison.Ordinal) || s.Key.EndsWith("Secret", StringComparison.Ordinal))
            .Select(s => s.Value);
        _never = [.. Internals, .. secrets, stack.Lite?.Keys.Secret ?? stack.JwtSecret];
    }

    /// <param name="acceptLanguage">What its browser is set to from now on, for example <c>fr-FR,fr;q=0.9,en;q=0.8</c>.</param>
    public AppClient Speaking(string acceptLanguage)
    {
        _client.DefaultRequestHeaders.AcceptLanguage.ParseAdd(acceptLanguage);
        return this;
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using (request)
        using (var response = await _client.SendAsync(request, cancellationToken))
        {
            var answer = await Answer.OfAsync(response, cancellationToken);
            Assert.All(_never, secret => Assert.DoesNotContain(secret, answer.Text + answer.Headers, StringComparison.Ordinal));
            return answer;
        }
    }

    public Task<Answer> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    /// <summary>kamailio-sync with a body that is not looked at.</summary>
    public Task<Answer> SyncAsync(string? authorization, HttpContent body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/kamailio-sync") { Content = body };
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return SendAsync(request);
    }

    public Task<Answer> SyncAsync(string? authorization, string body) =>
        SyncAsync(authorization, new StringContent(body, Encoding.UTF8, "application/json"));

    public Task<Answer> SyncAsync(string? authorization, object body) => SyncAsync(authorization, JsonSerializer.Serialize(body));

    public void Dispose() => _client.Dispose();
}
