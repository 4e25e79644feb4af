namespace Neolia.EndToEnd.Tests.Http;

/// <summary>
/// Kamailio takes an empty digest for what its memory last held, and under unsafe settings an empty password for a
/// right one. No row that this project makes may be such a door, whatever became of its account.
/// </summary>
public sealed class OpenDoorTests(StackFixture shared)
{
    private readonly LocalStack.Stack _stack = shared.Stack;

    [Theory]
    [InlineData("without credentials")]
    [InlineData("issued")]
    [InlineData("re-keyed")]
    [InlineData("renamed")]
    [InlineData("enabled again")]
    [InlineData("synced again")]
    public async Task Nobody_gets_in_without_the_password(string history)
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var victim = await AccountAsync(dashboard, history);
        var attacker = await dashboard.AddAccountAsync("mobile");
        var known = await dashboard.IssueAsync(attacker);
        await Eventually.HoldsAsync("synced", async () => (await dashboard.SyncStateAsync(victim)).GetProperty("state").GetString() == "synced");

        Assert.Matches(@"\|\|[0-9a-f]{32}\|[0-9a-f]{32}$", await victim.SubscriberAsync(_stack));
        Assert.Equal(401, await victim.RegisterAsync(_stack, ""));

        // What Kamailio compared last was the attacker's own digest.
        Assert.Equal(200, await attacker.RegisterAsync(_stack, known));
        Assert.Equal(403, await victim.RegisterAsync(_stack, known, $"{victim.Username}@{victim.Domain}"));
        Assert.Equal(401, await victim.RegisterAsync(_stack, known));
        Assert.Equal(403, await victim.RegisterAsync(_stack, known, attacker.Username));
        Assert.Equal(0, await victim.CountContactsAsync(_stack));
    }

    private static async Task<SipAccount> AccountAsync(Dashboard dashboard, string history)
    {
        var account = await dashboard.AddAccountAsync();
        if (history != "without credentials")
            await dashboard.IssueAsync(account);
        switch (history)
        {
            case "re-keyed":
                Assert.True((await dashboard.CreateAccountAsync(account, $"Given-{Guid.NewGuid():N}"))["success"].GetBoolean());
                break;
            case "renamed":
                var renamed = account with { Username = $"renamed-{Guid.NewGuid():N}" };
                await dashboard.UpdateAccountAsync(account, new { username = renamed.Username });
                return renamed;
            case "enabled again":
                await dashboard.UpdateAccountAsync(account, new { enabled = false });
                await dashboard.SyncAllAsync();
                await dashboard.UpdateAccountAsync(account, new { enabled = true });
                break;
            case "synced again":
                await dashboard.SyncAllAsync();
                break;
        }

        return account;
    }
}
