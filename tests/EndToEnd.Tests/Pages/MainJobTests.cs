using System.Net;
using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack;
using Neolia.LocalStack.Browser;
using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Pages;

/// <summary>What an installer does all day, clicked through in a browser with a real device at the other end.</summary>
[Collection(OneBrowser.Name)]
public sealed class MainJobTests(StackFixture shared, ChromiumFixture browser)
{
    private readonly Stack _stack = shared.Stack;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_an_empty_page_to_a_device_that_is_registered()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var page = installer.Page;
        await page.SeeAsync("Aucun site. Ajoutez le premier.");

        await page.ClickAsync("Ajouter un site");
        await page.FillAsync("Nom", "Résidence des Lilas");
        await page.FillAsync("Adresse", "1 rue des Lilas");
        await page.ClickAsync("Créer");
        await page.FollowAsync("1 rue des Lilas");
        await page.ClickAsync("Ajouter un bâtiment");
        await page.FillAsync("Nom", "A");
        await page.ClickAsync("Créer");
        await page.ClickAsync("Ajouter un logement");
        await page.FillAsync("Numéro", "401");
        await page.ClickAsync("Créer");
        await page.FollowAsync("Aucun appareil");
        await page.ClickAsync("Ajouter un appareil");
        await page.SelectAsync("Type", "Mobile");
        await page.FillAsync("Nom affiché", "Mobile de Zoé");
        await page.ClickAsync("Créer");
        var (username, password) = (await page.ReadAsync("Utilisateur"), await page.ReadAsync("Mot de passe"));
        await page.ClickAsync("C’est noté");

        var account = Around.Group(username);
        await page.SeeAsync("Synchronisé", account);
        await page.SeeAsync("Hors ligne", account);
        await using var device = new SipDevice(new SipDeviceOptions
        {
            Server = new IPEndPoint(IPAddress.Loopback, _stack.Kamailio.UdpPort),
            Username = username,
            Domain = "sip.neolia.app",
            Password = password,
        });
        Assert.Equal(200, (await device.RegisterAsync(Cancelled)).StatusCode);
        await RegistrationsAreReadAsync(installer, registered: true);
        await page.SeeHurriedAsync("En ligne", account);
        await page.SeeHurriedAsync($"Le compte {username}@sip.neolia.app est actif dans Kamailio.", Around.Region("Activité"));
        await page.FollowAsync("Sites");
        await page.SeeAsync("1 bâtiment, 1 logement, 1 appareil");
        await page.SeeAsync("Connecté", Around.Group("Kamailio"));
    }

    [Fact]
    public async Task A_device_is_disabled_enabled_given_a_new_password_and_deleted()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var page = installer.Page;
        var unit = await installer.GoToNewFlatAsync();
        var (account, first) = await installer.AddDeviceAsync(unit);
        var card = Around.Group(account.Username);
        await page.SeeAsync("Synchronisé", card);
        Assert.Equal(200, await account.RegisterAsync(_stack, first));

        await page.ClickAsync("Désactiver", card);
        await page.SeeAsync("Désactivé", card);
        await page.SeeAsync("Compte désactivé.");
        await account.UntilAppliedAsync(_stack);
        Assert.Equal(0, await account.CountContactsAsync(_stack));
        Assert.NotEqual(200, await account.RegisterAsync(_stack, first));
        await page.ClickAsync("Activer", card);
        await page.SeeAsync("Compte activé.");
        await account.UntilAppliedAsync(_stack);
        Assert.Equal(200, await account.RegisterAsync(_stack, first));

        await page.ClickAsync("Nouveaux identifiants", card);
        await page.ClickAsync("Émettre");
        var second = await page.ReadAsync("Mot de passe");
        await page.ClickAsync("C’est noté");
        Assert.Equal((401, 200), (await account.RegisterAsync(_stack, first), await account.RegisterAsync(_stack, second)));

        await page.ClickAsync("Supprimer", card);
        await page.ClickAsync("Supprimer", Around.Dialog("Supprimer l’appareil"));
        await page.SeeAsync("Compte supprimé.");
        await page.SeeAsync("Aucun appareil.");
        Assert.Equal((0, 0), (await account.CountContactsAsync(_stack), await account.CountSubscribersAsync(_stack)));
    }

    [Fact]
    public async Task A_call_rule_is_refused_with_its_reason_then_made_switched_off_and_deleted()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var page = installer.Page;
        await installer.GoToNewFlatAsync();
        await page.ClickAsync("Ajouter une règle");
        await page.FillAsync("Nom", "Livreurs");
        await page.FillAsync("Appelants", "^porte.*");
        await page.ClickAsync("Créer");
        await page.SeeAsync("Ce motif ressemble à une expression régulière");

        await page.FillAsync("Appelants", "intercom-*");
        await page.ClickAsync("Créer");

        var rule = Around.Group("Livreurs");
        await page.SeeAsync("Active", rule);
        await page.ClickAsync("Désactiver", rule);
        await page.SeeAsync("Inactive", rule);
        await page.ClickAsync("Supprimer", rule);
        await page.SeeAsync("Aucune règle");
        Assert.Equal(0, await installer.CountAsync("call_rules"));
    }

    [Fact]
    public async Task What_is_wrong_in_kamailio_is_repaired_by_the_button()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var (account, password) = await installer.AddDeviceAsync(await installer.GoToNewFlatAsync());
        await account.UntilAppliedAsync(_stack);
        await _stack.ExecuteKamailioAsync("delete from subscriber where username = @p0", account.Username);

        await installer.Page.FollowAsync("Sites");
        await installer.Page.ClickAsync("Synchroniser Kamailio");

        await installer.Page.SeeAsync("Kamailio synchronisé : 1");
        Assert.Equal(200, await account.RegisterAsync(_stack, password));
    }

    /// <summary>The host's timer; another test's call may have the turn at that moment.</summary>
    private async Task RegistrationsAreReadAsync(Installer installer, bool registered)
    {
        using var app = new AppClient(_stack);
        await Eventually.HoldsAsync($"the account is registered: {registered}", async () =>
        {
            await app.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/registrations"));
            return (await installer.Rows.SelectAsync("sip_accounts", "select=registered", Cancelled))[0]!["registered"]!.GetValue<bool>() == registered;
        });
    }
}
