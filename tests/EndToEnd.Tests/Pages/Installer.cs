using System.Text.Json.Nodes;
using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack;
using Neolia.LocalStack.Browser;
using Neolia.LocalStack.Dashboard;

namespace Neolia.EndToEnd.Tests.Pages;

/// <summary>Somebody who is signed in at the example page. What a test only needs to be there is made beside the page.</summary>
internal sealed class Installer : IAsyncDisposable
{
    /// <summary>What the picture of a link is called.</summary>
    public const string Picture = "Code QR pour l’appareil";

    private readonly Stack _stack;

    private Installer(Stack stack, DashboardClient rows, string email, string password) =>
        (_stack, Rows, Email, Password) = (stack, rows, email, password);

    /// <summary>The same user's rows, without the page.</summary>
    public DashboardClient Rows { get; }

    public Page Page { get; private set; } = null!;

    public string Email { get; }

    public string Password { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<Installer> SignInAsync(Stack stack, Chromium chromium, PageOptions? options = null)
    {
        var installer = await SignUpAsync(stack);
        installer.Page = await chromium.OpenAsync(installer.Rows.SignInLink(stack.Example!.Url), options ?? new PageOptions(), Cancelled);
        await installer.Page.SeeAsync("Se déconnecter");
        return installer;
    }

    /// <summary>Somebody who has an account and sits at no page yet.</summary>
    public static async Task<Installer> SignUpAsync(Stack stack)
    {
        var (email, password) = ($"{Guid.NewGuid():N}@example.com", Guid.NewGuid().ToString("N"));
        var rows = DashboardClient.Of(stack);
        await rows.SignUpAsync(email, password, Cancelled);
        return new Installer(stack, rows, email, password);
    }

    public Task<JsonObject> AddSiteAsync(string name = "Les Tilleuls", string address = "1 rue des Tilleuls") =>
        Rows.InsertAsync("sites", new { name, address, type = "building", timezone = "Europe/Paris" }, Cancelled);

    /// <summary>Makes flat 401, and goes to its page.</summary>
    public async Task<Guid> GoToNewFlatAsync()
    {
        var (unit, page) = await AddFlatAsync();
        await Page.GoToAsync(page);
        await Page.SeeAsync("Aucun appareil.");
        return unit;
    }

    /// <summary>Makes flat 401 with a panel that has no credentials yet, and goes to its page.</summary>
    public async Task<SipAccount> GoToNewAccountAsync()
    {
        var (unit, page) = await AddFlatAsync();
        var account = AccountOf(await Rows.InsertAsync("sip_accounts", new { unit_id = unit, type = "panel" }, Cancelled));
        await Page.GoToAsync(page);
        await Page.SeeAsync(account.Username);
        return account;
    }

    /// <summary>At a flat's page: adds a device and gives what the page shows of it.</summary>
    public async Task<(SipAccount Account, string Password)> AddDeviceAsync(Guid unit)
    {
        await Page.ClickAsync("Ajouter un appareil");
        await Page.ClickAsync("Créer");
        var password = await Page.ReadAsync("Mot de passe");
        await Page.ClickAsync("C’est noté");
        return (await OnlyAccountAsync(unit), password);
    }

    /// <summary>At a flat's page: makes a link for the account's device, and reads it off the picture.</summary>
    public async Task<Uri> ShowCodeAsync(SipAccount account)
    {
        await Page.ClickAsync("Code QR", Around.Group(account.Username));
        return new Uri(await Page.ReadCodeAsync(Picture));
    }

    public async Task<SipAccount> OnlyAccountAsync(Guid unit) =>
        AccountOf(Assert.Single(await Rows.SelectAsync("sip_accounts", $"unit_id=eq.{unit}&select=*", Cancelled))!);

    public async Task<int> CountAsync(string table) => (await Rows.SelectAsync(table, "select=id", Cancelled)).Count;

    public async ValueTask DisposeAsync()
    {
        if (Page is not null)
            await Page.DisposeAsync();
        Rows.Dispose();
    }

    private async Task<(Guid Unit, Uri Page)> AddFlatAsync()
    {
        var site = IdOf(await AddSiteAsync());
        var building = IdOf(await Rows.InsertAsync("buildings", new { site_id = site, name = "A" }, Cancelled));
        var unit = IdOf(await Rows.InsertAsync("units", new { building_id = building, number = "401" }, Cancelled));
        return (unit, new Uri(_stack.Example!.Url, $"#/site/{site}/building/{building}/unit/{unit}"));
    }

    private static SipAccount AccountOf(JsonNode row) =>
        new(IdOf(row), row["username"]!.GetValue<string>(), row["domain"]!.GetValue<string>());

    private static Guid IdOf(JsonNode row) => Guid.Parse(row["id"]!.GetValue<string>());
}
