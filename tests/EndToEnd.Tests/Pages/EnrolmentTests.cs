using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack;
using Neolia.LocalStack.Browser;
using Neolia.LocalStack.Dashboard;
using Neolia.LocalStack.Media;

namespace Neolia.EndToEnd.Tests.Pages;

/// <summary>A device gets its credentials from a code on the installer's screen, in a browser that is nobody's.</summary>
[Collection(OneBrowser.Name)]
public sealed partial class EnrolmentTests(StackFixture shared, ChromiumFixture browser)
{
    private const string Redeem = "Configurer cet appareil";
    private const string Redeemed = "Voici la configuration de l'appareil";
    private const string Dead = "Ce code a déjà servi, a expiré ou a été retiré.";

    private readonly Stack _stack = shared.Stack;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_scans_the_code_registers_with_what_it_gives_and_the_device_before_is_signed_off()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var (account, before) = await installer.AddDeviceAsync(await installer.GoToNewFlatAsync());
        await account.UntilAppliedAsync(_stack);
        Assert.Equal(200, await account.RegisterAsync(_stack, before));
        var link = await installer.ShowCodeAsync(account);
        Assert.Matches(Links(), link.AbsoluteUri);
        Assert.Equal(_stack.App!.Url.Port, link.Port);

        await using var device = await OpenAsync(link);
        await device.ClickAsync(Redeem);
        await device.SeeAsync(Redeemed);
        var given = JsonElement.Parse((await device.EvaluateAsync("document.getElementById('json').textContent")).GetString()!);

        Assert.Equal(0, await account.CountContactsAsync(_stack));
        var wsServers = new Uri(given.GetProperty("wsServers").GetString()!);
        await using var phone = await BrowserPhone.OpenAsync(
            new BrowserPhoneOptions
            {
                WsServers = wsServers,
                Address = new IPEndPoint(IPAddress.Loopback, _stack.Kamailio.WssPort),
                AuthorityPem = _stack.Kamailio.CertificateAuthorityPath,
            },
            Cancelled);
        await phone.StartAsync(given.GetProperty("uri").GetString()!, given.GetProperty("password").GetString()!, wsServers, Cancelled);
        await phone.ExpectAsync("registered", Cancelled);
        Assert.Equal(1, await account.CountContactsAsync(_stack));
        Assert.Equal(401, await account.RegisterAsync(_stack, before));
        await installer.Page.SeeHurriedAsync("L’appareil a reçu ses identifiants.");
    }

    [Fact]
    public async Task Opening_the_link_says_in_the_browsers_language_what_it_is_for_and_changes_nothing()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var (account, password) = await installer.AddDeviceAsync(await installer.GoToNewFlatAsync());
        var link = await installer.ShowCodeAsync(account);
        var made = await OnlyLinkAsync(installer.Rows, account);

        foreach (var (locale, shown) in new[]
        {
            ("fr-FR", new[] { "Résidence", "Les Tilleuls", "Bâtiment", "Logement", "401", "Écran mural", Redeem }),
            ("en-GB", ["Residence", "Les Tilleuls", "Building", "Flat", "401", "Wall panel", "Set up this device"]),
        })
        {
            await using var device = await OpenAsync(link, locale);
            foreach (var text in shown)
                await device.SeeAsync(text);
            await device.ReloadAsync();
            await device.SeeAsync(shown[^1]);
        }

        Assert.Equal(made, await OnlyLinkAsync(installer.Rows, account));
        await account.UntilAppliedAsync(_stack);
        Assert.Equal(200, await account.RegisterAsync(_stack, password));
    }

    [Fact]
    public async Task The_second_device_is_told_that_the_code_is_dead_and_the_first_one_keeps_what_it_got()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var account = await installer.GoToNewAccountAsync();
        var link = await installer.ShowCodeAsync(account);
        await using var first = await OpenAsync(link);
        await using var second = await OpenAsync(link);
        await first.ClickAsync(Redeem);
        await first.SeeAsync(Redeemed);

        await second.ClickAsync(Redeem);

        await second.SeeAsync(Dead);
        await using var third = await OpenAsync(link);
        await third.SeeAsync("Ce code n'est pas valable");
        var password = (await first.EvaluateAsync("document.getElementById('password').textContent")).GetString()!;
        Assert.Equal(200, await account.RegisterAsync(_stack, password));
    }

    [Fact]
    public async Task A_code_that_is_revoked_at_the_code_or_at_its_account_opens_nothing()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var (account, password) = await installer.AddDeviceAsync(await installer.GoToNewFlatAsync());
        await using var device = await OpenAsync(await installer.ShowCodeAsync(account));
        await installer.Page.ClickAsync("Révoquer", Around.Dialog("Code QR"));
        await installer.Page.SeeAsync("Code QR révoqué.");
        await installer.Page.SeeHurriedAsync("Ce code a été révoqué : il n’ouvre plus rien.");
        await installer.Page.ClickAsync("Fermer");
        await device.ClickAsync(Redeem);
        await device.SeeAsync(Dead);

        await using var another = await OpenAsync(await installer.ShowCodeAsync(account));
        await installer.Page.ClickAsync("Fermer");
        await installer.Page.ClickAsync("Révoquer", Around.Group(account.Username));
        await installer.Page.SeeGoneAsync("Un code QR attend son appareil");
        await another.ClickAsync(Redeem);
        await another.SeeAsync(Dead);

        await account.UntilAppliedAsync(_stack);
        Assert.Equal(200, await account.RegisterAsync(_stack, password));
    }

    [Fact]
    public async Task Nobody_else_lists_or_revokes_a_link()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        await using var stranger = await Installer.SignUpAsync(_stack);
        var account = await installer.GoToNewAccountAsync();
        await installer.ShowCodeAsync(account);
        var made = await OnlyLinkAsync(installer.Rows, account);

        Assert.Empty(await stranger.Rows.SelectAsync("sip_account_enrolments", "select=*", Cancelled));
        Assert.Empty(await stranger.Rows.UpdateAsync(
            "sip_account_enrolments", $"sip_account_id=eq.{account.Id}", new { revoked_at = DateTime.UtcNow }, Cancelled));

        Assert.Equal(made, await OnlyLinkAsync(installer.Rows, account));
    }

    [Fact]
    public async Task Two_clicks_and_a_lost_answer_show_the_one_code_that_is_valid()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var page = installer.Page;
        var account = await installer.GoToNewAccountAsync();
        await page.LoseAnswersAsync("POST", "/enrolments", times: 1);

        await page.ClickTwiceAsync("Code QR", Around.Group(account.Username));
        var link = new Uri(await page.ReadCodeAsync(Installer.Picture));

        Assert.Equal(2, await page.CountRequestsAsync("POST", "/enrolments"));
        await using var device = await OpenAsync(link);
        await device.ClickAsync(Redeem);
        await device.SeeAsync(Redeemed);
    }

    [Fact]
    public async Task What_opens_the_link_is_nowhere_in_the_page_once_the_code_is_closed()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var page = installer.Page;
        var account = await installer.GoToNewAccountAsync();
        var secret = (await installer.ShowCodeAsync(account)).Fragment[1..];
        Assert.True(await page.RemembersAsync(secret));

        await page.ClickAsync("Fermer");

        await page.SeeHurriedAsync("Un code QR attend son appareil");
        await SecrecyTests.ForgetsAsync(page, secret);
    }

    [Fact]
    public async Task A_disabled_account_gets_no_code_and_is_told_why()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var account = await installer.GoToNewAccountAsync();
        await installer.Page.ClickAsync("Désactiver", Around.Group(account.Username));
        await installer.Page.SeeAsync("Compte désactivé.");

        await installer.Page.ClickAsync("Code QR", Around.Group(account.Username));

        await installer.Page.SeeAsync("Le compte est désactivé : aucun appareil ne peut s'y enregistrer.");
    }

    /// <summary>Somebody with a phone and the link, and nothing else.</summary>
    private Task<Page> OpenAsync(Uri link, string locale = "fr-FR") =>
        browser.Chromium.OpenAsync(link, new PageOptions { Width = 360, Height = 740, Locale = locale }, Cancelled);

    private static async Task<string> OnlyLinkAsync(DashboardClient rows, SipAccount account) =>
        Assert.Single(await rows.SelectAsync("sip_account_enrolments", $"sip_account_id=eq.{account.Id}&select=*", Cancelled))!.ToJsonString();

    [GeneratedRegex("^http://localhost:[0-9]+/api/enrol/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}#[A-Za-z0-9_-]{43}$")]
    private static partial Regex Links();
}
