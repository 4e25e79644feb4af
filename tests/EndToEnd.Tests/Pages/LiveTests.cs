using System.Diagnostics;
using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack;
using Neolia.LocalStack.Browser;

namespace Neolia.EndToEnd.Tests.Pages;

/// <summary>
/// The page's end of Realtime, against a stand-in that speaks its protocol: the local stack has no Realtime. That
/// polling does without is what all other tests show.
/// </summary>
[Collection(OneBrowser.Name)]
public sealed class LiveTests(StackFixture shared, ChromiumFixture browser)
{
    // With these two live the page looks by itself only once a minute.
    private static readonly PageOptions Live = new() { Realtime = ["sip_account_sync", "sip_accounts"] };

    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task What_realtime_tells_is_looked_at_once()
    {
        await using var installer = await Installer.SignInAsync(_stack, browser.Chromium, Live);
        var (account, _) = await installer.AddDeviceAsync(await installer.GoToNewFlatAsync());
        await account.UntilAppliedAsync(_stack);
        var card = Around.Group(account.Username);
        await installer.Page.RealtimeTellsAsync("sip_account_sync");
        await installer.Page.SeeAsync("Synchronisé", card);
        await _stack.ReadSupabaseAsync<object?>(
            "update public.sip_account_sync set state = 'failed', error_code = 'kamailio_busy' where account_id = $1", account.Id);
        var since = Stopwatch.StartNew();

        await installer.Page.RealtimeTellsAsync("sip_account_sync");

        await installer.Page.SeeAsync("Échec", card);
        Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }
}
