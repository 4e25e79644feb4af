using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack;
using Neolia.LocalStack.Browser;

namespace Neolia.EndToEnd.Tests.Pages;

/// <summary>The dashboard while Kamailio's database is down, and when it is back.</summary>
[Collection(Outages.Name)]
public sealed class KamailioOutageTests(PrivateStackFixture own, ChromiumFixture browser) : IClassFixture<ChromiumFixture>
{
    private readonly Stack _stack = own.Stack;

    [Fact]
    public async Task People_are_told_and_go_on_working_and_everything_arrives_afterwards()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var unit = await installer.GoToNewFlatAsync();
        SipAccount account;
        string password;
        await using (await Outage.OfMariaDbAsync(_stack))
        {
            (account, password) = await installer.AddDeviceAsync(unit);
            var card = Around.Group(account.Username);
            await installer.Page.SeeAsync("Nouvel essai", card);
            await installer.Page.SeeAsync("Le serveur téléphonique est injoignable", card);
            await installer.Page.FollowAsync("Sites");
            await installer.Page.SeeAsync("Injoignable", Around.Group("Kamailio"));
            await installer.Page.FollowAsync("Les Tilleuls");
            await installer.Page.FollowAsync(account.Username);
        }

        await installer.Page.SeeAsync("Synchronisé", Around.Group(account.Username));
        Assert.Equal(200, await account.RegisterAsync(_stack, password));
    }

    [Fact]
    public async Task An_account_that_is_deleted_meanwhile_is_gone_and_its_device_follows()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium);
        var unit = await installer.GoToNewFlatAsync();
        var (account, password) = await installer.AddDeviceAsync(unit);
        await account.UntilAppliedAsync(_stack);
        Assert.Equal(200, await account.RegisterAsync(_stack, password));
        await using (await Outage.OfMariaDbAsync(_stack))
        {
            await installer.Page.ClickAsync("Supprimer", Around.Group(account.Username));
            await installer.Page.ClickAsync("Supprimer", Around.Dialog("Supprimer l’appareil"));
            await installer.Page.SeeAsync("Aucun appareil.");
        }

        await account.UntilAppliedAsync(_stack);
        Assert.Equal(0, await account.CountContactsAsync(_stack));
        Assert.NotEqual(200, await account.RegisterAsync(_stack, password));
    }
}
