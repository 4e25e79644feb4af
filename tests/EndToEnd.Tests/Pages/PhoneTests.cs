using Neolia.LocalStack;
using Neolia.LocalStack.Browser;

namespace Neolia.EndToEnd.Tests.Pages;

/// <summary>The example on a small phone.</summary>
[Collection(OneBrowser.Name)]
public sealed class PhoneTests(StackFixture shared, ChromiumFixture browser)
{
    // Not of the toasts, which are sonner's: their frame is wider than the page by its margins, and they fade.
    private const string TooWide = """
        [...document.querySelectorAll('body *:not([data-sonner-toaster])')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && e.checkVisibility()).map(e => e.outerHTML.slice(0, 120)).join('\n')
        """;

    // WCAG 2.2, 1.4.3: text needs 4.5 to 1 against what is behind it.
    private const string TooPale = """
        (() => {
          const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const rgb = (colour) => { paint.clearRect(0, 0, 1, 1); paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1); return [...paint.getImageData(0, 0, 1, 1).data]; };
          const light = (colour) => { const [r, g, b] = rgb(colour).map((v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
          const behind = (e) => { for (; e; e = e.parentElement) { const back = getComputedStyle(e).backgroundColor; if (rgb(back)[3] === 255) return back; } return 'white'; };
          return [...document.querySelectorAll('body *')]
            .filter((e) => e.checkVisibility() && !e.disabled && !e.closest('[data-sonner-toaster]') && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
            .filter((e) => { const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x); return (a + .05) / (b + .05) < 4.5; })
            .map((e) => e.outerHTML.slice(0, 120)).join('\n');
        })()
        """;

    private readonly Stack _stack = shared.Stack;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_page_fits_and_can_be_read(bool dark)
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium, new PageOptions { Width = 360, Height = 740, Dark = dark });
        var page = installer.Page;
        var unit = await installer.GoToNewFlatAsync();
        await installer.Rows.InsertAsync("call_rules", new { unit_id = unit, name = "Livreurs", source_pattern = "intercom-*", action = "ring" }, TestContext.Current.CancellationToken);
        await page.ClickAsync("Ajouter un appareil");
        await FitsAsync(page);
        await page.ClickAsync("Créer");
        await page.ReadAsync("Mot de passe");
        await FitsAsync(page);
        await page.ClickAsync("C’est noté");
        await page.SeeAsync("Synchronisé");
        await page.SeeAsync("Livreurs");
        await FitsAsync(page);
        await page.FollowAsync("Bâtiments");
        await page.SeeAsync("Bâtiment A");
        await FitsAsync(page);
        await page.FollowAsync("Sites");
        await page.SeeAsync("Connecté");
        await FitsAsync(page);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_code_and_what_it_opens_fit_and_can_be_read(bool dark)
    {
        var phone = new PageOptions { Width = 360, Height = 740, Dark = dark };
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium, phone);
        var account = await installer.GoToNewAccountAsync();
        var link = await installer.ShowCodeAsync(account);
        await FitsAsync(installer.Page);
        await using var device = await browser.Chromium.OpenAsync(link, phone, TestContext.Current.CancellationToken);
        await device.SeeAsync("Configurer cet appareil");
        await FitsAsync(device);
        await device.ClickAsync("Configurer cet appareil");
        await device.SeeAsync("Voici la configuration de l'appareil");
        await FitsAsync(device);
        await device.ReloadAsync();
        await device.SeeAsync("Ce code n'est pas valable");
        await FitsAsync(device);
    }

    private static async Task FitsAsync(Page page)
    {
        Assert.Equal("", (await page.EvaluateAsync(TooWide)).GetString());
        Assert.Equal("", (await page.EvaluateAsync(TooPale)).GetString());
    }
}
