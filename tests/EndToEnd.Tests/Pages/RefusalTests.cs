using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack;
using Neolia.LocalStack.Browser;

namespace Neolia.EndToEnd.Tests.Pages;

/// <summary>What can't be, as people read it.</summary>
[Collection(OneBrowser.Name)]
public sealed class RefusalTests(StackFixture shared, ChromiumFixture browser)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task A_name_of_another_account_is_refused_and_the_form_stays()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var (taken, _) = await installer.AddDeviceAsync(await installer.GoToNewFlatAsync());
        await AddAsync(installer, taken.Username);

        await installer.Page.SeeAsync("Ce nom d’utilisateur est déjà pris. Choisissez-en un autre.");
        await installer.Page.FillAsync("Nom d’utilisateur", "Pas un nom");
        await installer.Page.ClickAsync("Créer");

        await installer.Page.SeeAsync("Ce nom d’utilisateur n’est pas accepté");
        Assert.Equal(1, await installer.CountAsync("sip_accounts"));
    }

    [Fact]
    public async Task A_name_that_a_hand_made_account_has_in_kamailio_is_told_at_the_account()
    {
        var guest = $"guest-{Guid.NewGuid():N}";
        await _stack.ExecuteKamailioAsync(
            "insert into subscriber (username, domain, password, ha1, ha1b) values (@p0, 'sip.neolia.app', '', md5(uuid()), md5(uuid()))", guest);
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        await installer.GoToNewFlatAsync();
        await AddAsync(installer, guest);

        var account = Around.Group(guest);
        await installer.Page.SeeAsync("Échec", account);
        await installer.Page.SeeAsync("Ce nom est déjà pris sur le serveur téléphonique", account);
    }

    [Fact]
    public async Task A_flat_with_the_number_of_another_is_refused()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        await installer.GoToNewFlatAsync();
        await installer.Page.FollowAsync("Bâtiments");
        await installer.Page.ClickAsync("Ajouter un logement");
        await installer.Page.FillAsync("Numéro", "401");

        await installer.Page.ClickAsync("Créer");

        await installer.Page.SeeAsync("Ce numéro existe déjà dans ce bâtiment.");
    }

    [Fact]
    public async Task What_somebody_else_has_deleted_is_told_and_leaves_the_page()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var unit = await installer.GoToNewFlatAsync();
        await installer.Rows.DeleteAsync("units", $"id=eq.{unit}", TestContext.Current.CancellationToken);

        await installer.Page.ClickAsync("Ajouter un appareil");
        await installer.Page.ClickAsync("Créer");

        await installer.Page.SeeAsync("Cet élément n’existe plus. La liste a été rechargée.");
        await installer.Page.SeeAsync("Ce logement n’existe plus.");
    }

    private static async Task AddAsync(Installer installer, string username)
    {
        await installer.Page.ClickAsync("Ajouter un appareil");
        await installer.Page.FillAsync("Nom d’utilisateur", username);
        await installer.Page.ClickAsync("Créer");
    }
}
