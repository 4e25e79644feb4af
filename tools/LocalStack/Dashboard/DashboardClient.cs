using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Neolia.LocalStack.Supabase;

namespace Neolia.LocalStack.Dashboard;

/// <summary>
/// What supabase-js sends for the dashboard: sign-up, sign-in and rows under the user's token, and kamailio-sync at the
/// function app. One client is one browser; it starts signed out.
/// </summary>
public sealed class DashboardClient : IDisposable
{
    private readonly HttpClient _http = new();
    private readonly Uri _supabase;
    private readonly Uri _functions;
    private readonly SupabaseKeys _keys;
    private Session? _session;

    /// <param name="supabase">The project's URL, below which /rest/v1 and /auth/v1 are.</param>
    /// <param name="keys">The project's keys; only the publishable one is used.</param>
    /// <param name="functions">The function app's URL, below which /api is.</param>
    public DashboardClient(Uri supabase, SupabaseKeys keys, Uri functions)
    {
        _supabase = supabase;
        _keys = keys;
        _functions = functions;
    }

    /// <summary>The signed-in user's token; null when signed out.</summary>
    public string? AccessToken => _session?.AccessToken;

    /// <summary>The signed-in user's id.</summary>
    public Guid UserId { get; private set; }

    /// <summary>A page's address under which its supabase-js is signed in as this user, in the form of a magic link.</summary>
    public Uri SignInLink(Uri page) => _session is { } session
        ? new Uri(page, $"#access_token={session.AccessToken}&refresh_token={session.RefreshToken}&expires_in={session.ExpiresIn}&token_type=bearer&type=magiclink")
        : throw new InvalidOperationException("nobody is signed in");

    /// <summary>A browser at this stack's dashboard.</summary>
    public static DashboardClient Of(Stack stack) => new(
        (stack.Lite ?? throw new InvalidOperationException("this stack has no dashboard's side")).Url,
        stack.Lite.Keys,
        (stack.App ?? throw new InvalidOperationException("the app of this stack has not been started")).Url);

    public Task SignUpAsync(string email, string password, CancellationToken cancellationToken) =>
        AuthenticateAsync("/auth/v1/signup", email, password, cancellationToken);

    public Task SignInAsync(string email, string password, CancellationToken cancellationToken) =>
        AuthenticateAsync("/auth/v1/token?grant_type=password", email, password, cancellationToken);

    /// <summary>Inserts one row and returns it as the database made it.</summary>
    public async Task<JsonObject> InsertAsync(string table, object row, CancellationToken cancellationToken)
    {
        var rows = await RestAsync(HttpMethod.Post, table, row, cancellationToken);
        return rows[0]!.AsObject();
    }

    /// <summary>Rows that match a PostgREST query, such as "id=eq.…&amp;select=*".</summary>
    public Task<JsonArray> SelectAsync(string table, string query, CancellationToken cancellationToken) =>
        RestAsync(HttpMethod.Get, $"{table}?{query}", body: null, cancellationToken);

    /// <summary>Changes the rows that match and returns them.</summary>
    public Task<JsonArray> UpdateAsync(string table, string query, object changes, CancellationToken cancellationToken) =>
        RestAsync(HttpMethod.Patch, $"{table}?{query}", changes, cancellationToken);

    /// <summary>Deletes the rows that match and returns what they were.</summary>
    public Task<JsonArray> DeleteAsync(string table, string query, CancellationToken cancellationToken) =>
        RestAsync(HttpMethod.Delete, $"{table}?{query}", body: null, cancellationToken);

    /// <summary>POST /api/kamailio-sync with this user's token, whatever the answer's status.</summary>
    public async Task<(HttpStatusCode Status, JsonObject Answer)> KamailioSyncAsync(object body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_functions, "/api/kamailio-sync")) { Content = JsonContent.Create(body) };
        using var response = await SendAsync(request, cancellationToken);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonObject>(cancellationToken))!);
    }

    public void Dispose() => _http.Dispose();

    private async Task AuthenticateAsync(string path, string email, string password, CancellationToken cancellationToken)
    {
        _session = null;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_supabase, path)) { Content = JsonContent.Create(new { email, password }) };
        var session = await SendForJsonAsync(request, cancellationToken);
        _session = new Session(
            session["access_token"]!.GetValue<string>(), session["refresh_token"]!.GetValue<string>(), session["expires_in"]!.GetValue<int>());
        UserId = Guid.Parse(session["user"]!["id"]!.GetValue<string>());
    }

    private async Task<JsonArray> RestAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(_supabase, $"/rest/v1/{path}"));
        if (body is not null)
            request.Content = JsonContent.Create(body);
        request.Headers.Add("Prefer", "return=representation");
        return (await SendForJsonAsync(request, cancellationToken)).AsArray();
    }

    private async Task<JsonNode> SendForJsonAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"{request.Method} {request.RequestUri!.AbsolutePath}: {(int)response.StatusCode} {text}", null, response.StatusCode);
        return JsonNode.Parse(text) ?? throw new JsonException($"{request.RequestUri!.AbsolutePath} answered null");
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Add("apikey", _keys.Publishable);
        if (AccessToken is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AccessToken);
        return _http.SendAsync(request, cancellationToken);
    }

    private sealed record Session(string AccessToken, string RefreshToken, int ExpiresIn);
}
