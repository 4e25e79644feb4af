using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack;
using Neolia.LocalStack.Browser;

namespace Neolia.EndToEnd.Tests.Pages;

/// <summary>Who sees what, and for how long.</summary>
[Collection(OneBrowser.Name)]
public sealed class SecrecyTests(StackFixture shared, ChromiumFixture browser)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task A_password_is_shown_once_and_is_nowhere_in_the_page_afterwards()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var unit = await installer.GoToNewFlatAsync();
        await installer.Page.ClickAsync("Ajouter un appareil");
        await installer.Page.ClickAsync("Créer");
        var password = await installer.Page.ReadAsync("Mot de passe");
        Assert.True(await installer.Page.RemembersAsync(password));

        await installer.Page.ClickAsync("C’est noté");
        var account = await installer.OnlyAccountAsync(unit);
        await installer.Page.SeeAsync("Synchronisé", Around.Group(account.Username));

        var storage = await installer.Page.EvaluateAsync("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, document.documentElement.outerHTML])");
        Assert.DoesNotContain(password, storage.GetString(), StringComparison.Ordinal);
        await ForgetsAsync(installer.Page, password);
    }

    [Fact]
    public async Task Two_users_see_only_their_own_also_one_after_the_other_at_the_same_page()
    {
        await using var rose = await Installer.SignInAsync(_stack, browser.Chromium);
        await using var hugo = await Installer.SignUpAsync(_stack);
        // Playwright's own script in the page remembers what it has looked for: nobody looks for this one.
        var address = $"{Guid.NewGuid():N}";
        await rose.AddSiteAsync("Villa Rose", address);
        await hugo.AddSiteAsync("Villa Hugo");
        var page = rose.Page;
        await page.ReloadAsync();
        await page.SeeAsync("Villa Rose");
        Assert.Equal(0, await page.CountAsync("Villa Hugo"));
        Assert.True(await page.RemembersAsync(address));

        await page.ClickAsync("Se déconnecter");
        await page.FillAsync("Adresse e-mail", hugo.Email);
        await page.FillAsync("Mot de passe", hugo.Password);
        await page.ClickAsync("Se connecter");

        await page.SeeAsync("Villa Hugo");
        Assert.Equal(0, await page.CountAsync("Villa Rose"));
        await ForgetsAsync(page, address);
    }

    /// <summary>React keeps what it has drawn until it has drawn something else there, which the next look brings.</summary>
    internal static Task ForgetsAsync(Page page, string text) => Eventually.HoldsAsync($"the page's heap holds no \"{text}\" any more", async () =>
    {
        await page.PassTimeAsync(TimeSpan.FromSeconds(10));
        return !await page.RemembersAsync(text);
    });
}
