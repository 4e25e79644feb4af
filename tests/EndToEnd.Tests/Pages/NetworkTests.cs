using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack;
using Neolia.LocalStack.Browser;

namespace Neolia.EndToEnd.Tests.Pages;

/// <summary>Impatient people and bad networks: nothing is made twice, and no password is lost.</summary>
[Collection(OneBrowser.Name)]
public sealed class NetworkTests(StackFixture shared, ChromiumFixture browser)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task A_form_that_is_sent_twice_makes_one_site_and_one_account()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var page = installer.Page;
        await FillSiteFormAsync(page);
        await page.SubmitTwiceAsync("Créer");
        await page.SeeAsync("Site « Villa Rose » créé.");
        await page.SeeGoneAsync("Nouveau site");
        Assert.Equal(1, await installer.CountAsync("sites"));

        var unit = await installer.GoToNewFlatAsync();
        await page.ClickAsync("Ajouter un appareil");
        await page.SubmitTwiceAsync("Créer");
        var password = await page.ReadAsync("Mot de passe");
        var account = await installer.OnlyAccountAsync(unit);
        Assert.Equal(200, await account.RegisterAsync(_stack, password));
    }

    [Fact]
    public async Task Two_clicks_for_new_credentials_issue_one_password_and_it_is_the_one_shown()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var page = installer.Page;
        var (account, first) = await installer.AddDeviceAsync(await installer.GoToNewFlatAsync());
        var before = await page.CountRequestsAsync("POST", "/api/kamailio-sync");
        await page.ClickAsync("Nouveaux identifiants", Around.Group(account.Username));

        await page.ClickTwiceAsync("Émettre");

        var second = await page.ReadAsync("Mot de passe");
        await page.SeeAsync($"Nouveaux identifiants émis pour {account.Username}.");
        Assert.Equal(1, await page.CountRequestsAsync("POST", "/api/kamailio-sync") - before);
        Assert.Equal((401, 200), (await account.RegisterAsync(_stack, first), await account.RegisterAsync(_stack, second)));
    }

    [Fact]
    public async Task A_device_is_deleted_and_cut_off_also_when_the_page_cannot_reach_the_app()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var page = installer.Page;
        var (account, password) = await installer.AddDeviceAsync(await installer.GoToNewFlatAsync());
        await account.UntilAppliedAsync(_stack);
        Assert.Equal(200, await account.RegisterAsync(_stack, password));
        await page.AnswerInsteadAsync("POST", "/api/kamailio-sync", 502);
        await page.ClickAsync("Supprimer", Around.Group(account.Username));

        await page.ClickAsync("Supprimer", Around.Dialog("Supprimer l’appareil"));

        await page.SeeAsync("L’appareil sera déconnecté dès que le serveur téléphonique répondra.");
        await page.SeeAsync("Aucun appareil.");
        Assert.Equal(0, await installer.CountAsync("sip_accounts"));
        await account.UntilAppliedAsync(_stack);
        Assert.Equal((0, 0), (await account.CountContactsAsync(_stack), await account.CountSubscribersAsync(_stack)));
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_and_makes_no_second_row()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        await installer.Page.LoseAnswersAsync("POST", "/rest/v1/sites", times: 2);
        await FillSiteFormAsync(installer.Page);

        await installer.Page.ClickAsync("Créer");

        await installer.Page.SeeAsync("Site « Villa Rose » créé.");
        Assert.Equal(1, await installer.CountAsync("sites"));
    }

    [Fact]
    public async Task Whoever_tries_again_after_a_failure_gets_the_row_that_was_made_all_the_same()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        await installer.Page.LoseAnswersAsync("POST", "/rest/v1/sites", times: 4);
        await FillSiteFormAsync(installer.Page);
        await installer.Page.ClickAsync("Créer");
        await installer.Page.SeeHurriedAsync("Le serveur ne répond pas. Vérifiez votre connexion et réessayez.");

        await installer.Page.ClickAsync("Créer");

        await installer.Page.SeeAsync("Site « Villa Rose » créé.");
        Assert.Equal(1, await installer.CountAsync("sites"));
    }

    [Fact]
    public async Task The_same_form_after_a_reload_in_the_middle_makes_nothing_twice()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var page = installer.Page;
        await page.LoseAnswersAsync("POST", "/rest/v1/sites", times: 1, silent: true);
        await page.SeeAsync("Aucun site. Ajoutez le premier.");
        await SendAsync();
        await Eventually.HoldsAsync("the site is made", async () => await installer.CountAsync("sites") == 1);

        await page.ReloadAsync();
        await SendAsync();

        await page.SeeAsync("Site « Villa Rose » créé.");
        Assert.Equal(1, await installer.CountAsync("sites"));

        async Task SendAsync()
        {
            await FillSiteFormAsync(page);
            await page.ClickAsync("Créer");
        }
    }

    [Fact]
    public async Task A_password_whose_answer_was_lost_is_shown_all_the_same_and_is_valid()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var unit = await installer.GoToNewFlatAsync();
        await installer.Page.LoseAnswersAsync("POST", "/rest/v1/sip_accounts", times: 1);
        await installer.Page.LoseAnswersAsync("POST", "/api/kamailio-sync", times: 1);

        var (account, password) = await installer.AddDeviceAsync(unit);

        Assert.Equal(200, await account.RegisterAsync(_stack, password));
    }

    [Fact]
    public async Task A_gateway_that_knows_no_app_leaves_one_account_and_no_form_to_send_again()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var unit = await installer.GoToNewFlatAsync();
        await installer.Page.AnswerInsteadAsync("POST", "/api/kamailio-sync", 404);
        await installer.Page.ClickAsync("Ajouter un appareil");

        await installer.Page.ClickAsync("Créer");

        await installer.Page.SeeHurriedAsync("Le compte existe, mais aucun mot de passe n’a pu être émis.");
        await installer.Page.SeeGoneAsync("Nouvel appareil");
        await installer.Page.SeeAsync("Sans identifiants", Around.Group((await installer.OnlyAccountAsync(unit)).Username));
    }

    [Fact]
    public async Task The_same_device_twice_on_purpose_is_two_accounts()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var unit = await installer.GoToNewFlatAsync();
        await installer.AddDeviceAsync(unit);

        await installer.Page.ClickAsync("Ajouter un appareil");
        await installer.Page.ClickAsync("Créer");
        await installer.Page.ReadAsync("Mot de passe");

        Assert.Equal(2, await installer.CountAsync("sip_accounts"));
    }

    private static async Task FillSiteFormAsync(Page page)
    {
        await page.ClickAsync("Ajouter un site");
        await page.FillAsync("Nom", "Villa Rose");
    }
}
