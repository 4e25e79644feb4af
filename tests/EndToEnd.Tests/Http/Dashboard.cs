using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Neolia.LocalStack;
using Neolia.LocalStack.Functions;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>
/// The dashboard of one signed-in user: signs up and in through /auth/v1, writes rows through /rest/v1 and asks
/// kamailio-sync, all with that user's token.
/// </summary>
internal sealed class Dashboard : IDisposable
{
    private readonly HttpClient _supabase = new();
    private readonly AppClient _app;

    private Dashboard(Stack stack, FunctionApp? app)
    {
        _app = new AppClient(stack, app);
        _supabase.BaseAddress = stack.Lite!.Url;
        _supabase.DefaultRequestHeaders.Add("apikey", stack.Lite.Keys.Publishable);
    }

    public string Token { get; private set; } = "";

    public string Authorization => $"Bearer {Token}";

    public AppClient App => _app;

    public static async Task<Dashboard> SignInAsync(Stack stack, FunctionApp? app = null)
    {
        var dashboard = new Dashboard(stack, app);
        var login = new { email = $"{Guid.NewGuid():N}@example.com", password = Guid.NewGuid().ToString("N") };
        await dashboard.PostAsync("/auth/v1/signup", login);
        var session = await dashboard.PostAsync("/auth/v1/token?grant_type=password", login);
        dashboard.Token = session.GetProperty("access_token").GetString()!;
        dashboard._supabase.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", dashboard.Token);
        return dashboard;
    }

    /// <summary>A site, a building and a flat of this user; gives the flat's id.</summary>
    public async Task<Guid> AddFlatAsync(string number = "401")
    {
        var site = await InsertAsync("sites", new { name = "Les Tilleuls", address = "1 rue des Tilleuls", type = "building", timezone = "Europe/Paris" });
        var building = await InsertAsync("buildings", new { site_id = site.GetProperty("id").GetGuid(), name = "A" });
        var unit = await InsertAsync("units", new { building_id = building.GetProperty("id").GetGuid(), number });
        return unit.GetProperty("id").GetGuid();
    }

    /// <summary>An account as the dashboard's dialog inserts it: with its flat and type only.</summary>
    public async Task<SipAccount> AddAccountAsync(string type = "panel") =>
        SipAccount.Of(await InsertAsync("sip_accounts", new { unit_id = await AddFlatAsync(), type }));

    public async Task<SipAccount> AddAccountNamedAsync(string username, string? domain = null) =>
        SipAccount.Of(await InsertAsync("sip_accounts", new { unit_id = await AddFlatAsync(), type = "panel", username, domain = domain ?? "sip.neolia.app" }));

    public async Task<JsonElement> InsertAsync(string table, object row) => (await PostAsync($"/rest/v1/{table}", row))[0];

    /// <summary>The answer of /rest/v1 to an insert, whatever it is.</summary>
    public Task<Answer> TryInsertAsync(string table, object row) => SendAsync(HttpMethod.Post, $"/rest/v1/{table}", row);

    public async Task<JsonElement> SelectAsync(string table, string query)
    {
        var answer = await SendAsync(HttpMethod.Get, $"/rest/v1/{table}?{query}", null);
        Assert.Equal(200, answer.Status);
        return answer.Json;
    }

    public Task UpdateAccountAsync(SipAccount account, object columns) => UpdateAsync("sip_accounts", account.Id, columns);

    public Task DeleteAccountRowAsync(SipAccount account) => DeleteAsync("sip_accounts", account.Id);

    public async Task UpdateAsync(string table, Guid id, object columns) =>
        Assert.Equal(200, (await SendAsync(HttpMethod.Patch, $"/rest/v1/{table}?id=eq.{id}", columns)).Status);

    public async Task DeleteAsync(string table, Guid id) =>
        Assert.Equal(200, (await SendAsync(HttpMethod.Delete, $"/rest/v1/{table}?id=eq.{id}", null)).Status);

    /// <summary>sip_account_sync of an account as this user sees it.</summary>
    public async Task<JsonElement> SyncStateAsync(SipAccount account) =>
        (await SelectAsync("sip_account_sync", $"account_id=eq.{account.Id}"))[0];

    public Task<Answer> SyncAsync(object body) => _app.SyncAsync(Authorization, body);

    public Task<Answer> CreateAccountAsync(SipAccount account, string? password = null) =>
        SyncAsync(new { action = "create_account", account_id = account.Id, password });

    public Task<Answer> DeleteAccountAsync(SipAccount account) => SyncAsync(new { action = "delete_account", account_id = account.Id });

    public Task<Answer> SyncAllAsync() => SyncAsync(new { action = "sync_all" });

    public Task<Answer> CheckStatusAsync() => SyncAsync(new { action = "check_status" });

    /// <summary>check_status, asked until it says so: who asks right after a measurement is told the same again.</summary>
    public async Task<Answer> CheckStatusUntilAsync(string expectation, Func<Answer, bool> holds)
    {
        Answer? answer = null;
        await Eventually.HoldsAsync(expectation, async () => holds(answer = await CheckStatusAsync()));
        return answer!;
    }

    /// <summary>Issues credentials, and gives the password.</summary>
    public async Task<string> IssueAsync(SipAccount account)
    {
        var answer = await CreateAccountAsync(account);
        Assert.True(answer["success"].GetBoolean(), answer.Text);
        return answer["credentials"].GetProperty("password").GetString()!;
    }

    public void Dispose()
    {
        _supabase.Dispose();
        _app.Dispose();
    }

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        var answer = await SendAsync(HttpMethod.Post, path, body);
        Assert.True(answer.Status is 200 or 201, answer.Text);
        return answer.Json;
    }

    private async Task<Answer> SendAsync(HttpMethod method, string path, object? body)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("Prefer", "return=representation");
        using var response = await _supabase.SendAsync(request, cancellationToken);
        return await Answer.OfAsync(response, cancellationToken);
    }
}
