using System.Text.Json;
using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>The reference library of Standard Webhooks as the other side.</summary>
public sealed class StandardWebhooksTests(StackFixture shared)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task Its_signatures_are_accepted_and_replays_change_nothing()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        await dashboard.IssueAsync(account);
        await Eventually.HoldsAsync("the account is synced", async () => (await dashboard.SyncStateAsync(account)).GetProperty("state").GetString() == "synced");
        var before = await HeldAsync(dashboard, account);

        var statuses = await NodeScript.RunAsync("webhooks.mjs", new Dictionary<string, string>
        {
            ["SECRET"] = _stack.WebhookSecret,
            ["WEBHOOK_URL"] = new Uri(_stack.App!.Url, "/api/webhooks/supabase").AbsoluteUri,
        });

        foreach (var accepted in (JsonElement[])[.. statuses.GetProperty("replays").EnumerateArray(), .. ((string[])["genuine", "fourMinutesOld", "empty"]).Select(statuses.GetProperty)])
            Assert.InRange(accepted.GetInt32(), 200, 202);
        foreach (var refused in (string[])["sixMinutesOld", "otherBody", "otherId"])
            Assert.Equal((refused, 401), (refused, statuses.GetProperty(refused).GetInt32()));
        Assert.Equal(before, await HeldAsync(dashboard, account));
    }

    /// <summary>All that both sides hold of the account, its version and the time it was applied included.</summary>
    private async Task<string> HeldAsync(Dashboard dashboard, SipAccount account)
    {
        var subscriber = await account.SubscriberAsync(_stack);
        var applied = await _stack.ReadKamailioAsync<string?>("select concat_ws('|', version, applied_at) from neolia_account where account_id = @p0", account.Id.ToString());
        Assert.NotNull(subscriber);
        Assert.NotNull(applied);
        return $"{subscriber} {applied} {await dashboard.SyncStateAsync(account)}";
    }
}
