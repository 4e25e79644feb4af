using System.Net;
using System.Text.Json.Nodes;
using Neolia.LocalStack.Dashboard;

namespace Neolia.Package.Tests.Requests;

/// <summary>A signed-in user of the dashboard whose requests go to the simulated host.</summary>
internal sealed class DashboardUser : IDisposable
{
    private readonly DashboardClient _client;

    private DashboardUser(DashboardClient client) => _client = client;

    public string Authorization => $"Bearer {_client.AccessToken}";

    public DashboardClient Client => _client;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<DashboardUser> SignInAsync(PackageFixture shared)
    {
        var client = new DashboardClient(shared.Stack.Lite!.Url, shared.Stack.Lite.Keys, shared.Host.Url);
        var (email, password) = ($"{Guid.NewGuid():N}@example.com", Guid.NewGuid().ToString("N"));
        await client.SignUpAsync(email, password, Cancelled);
        await client.SignInAsync(email, password, Cancelled);
        return new DashboardUser(client);
    }

    /// <summary>A site, a building and a flat; gives the flat's id.</summary>
    public async Task<string> AddFlatAsync()
    {
        var site = await _client.InsertAsync("sites", new { name = "Les Tilleuls", address = "1 rue", type = "building", timezone = "Europe/Paris" }, Cancelled);
        var building = await _client.InsertAsync("buildings", new { site_id = Id(site), name = "A" }, Cancelled);
        return Id(await _client.InsertAsync("units", new { building_id = Id(building), number = "401" }, Cancelled));
    }

    public Task<JsonObject> AddAccountAsync(string flat) => _client.InsertAsync("sip_accounts", new { unit_id = flat, type = "panel" }, Cancelled);

    public Task<(HttpStatusCode Status, JsonObject Answer)> SyncAsync(string action, JsonNode? account = null) =>
        _client.KamailioSyncAsync(new { action, account_id = account?.GetValue<string>() }, Cancelled);

    public void Dispose() => _client.Dispose();

    private static string Id(JsonObject row) => row["id"]!.GetValue<string>();
}
