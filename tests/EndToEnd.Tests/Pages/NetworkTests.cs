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
        await page.ClickAsync("Ajouter un site");
        await page.FillAsync("Nom", "Villa Rose");
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
    public async Task A_lost_answer_is_asked_for_again_and_makes_no_second_row()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        await installer.Page.LoseAnswersAsync("POST", "/rest/v1/sites", times: 2);
        await installer.Page.ClickAsync("Ajouter un site");
        await installer.Page.FillAsync("Nom", "Villa Rose");

        await installer.Page.ClickAsync("Créer");

        await installer.Page.SeeAsync("Site « Villa Rose » créé.");
        Assert.Equal(1, await installer.CountAsync("sites"));
    }

    [Fact]
    public async Task Whoever_tries_again_after_a_failure_gets_the_row_that_was_made_all_the_same()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        await installer.Page.LoseAnswersAsync("POST", "/rest/v1/sites", times: 4);
        await installer.Page.ClickAsync("Ajouter un site");
        await installer.Page.FillAsync("Nom", "Villa Rose");
        await installer.Page.ClickAsync("Créer");
        await installer.Page.SeeAsync("Le serveur ne répond pas. Vérifiez votre connexion et réessayez.");

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
        await FillAsync();
        await Eventually.HoldsAsync("the site is made", async () => await installer.CountAsync("sites") == 1);

        await page.ReloadAsync();
        await FillAsync();

        await page.SeeAsync("Site « Villa Rose » créé.");
        Assert.Equal(1, await installer.CountAsync("sites"));

        async Task FillAsync()
        {
            await page.ClickAsync("Ajouter un site");
            await page.FillAsync("Nom", "Villa Rose");
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

        await installer.Page.SeeAsync("Le compte existe, mais aucun mot de passe n’a pu être émis.");
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
}
