using System.Text.Json;
using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>Names that an account can't have, or that somebody else has.</summary>
public sealed class NameTests(StackFixture shared)
{
    private readonly Stack _stack = shared.Stack;

    [Theory]
    [InlineData("flat 401")]
    [InlineData("flat@401")]
    [InlineData("flat'401")]
    [InlineData("appartement-401é")]
    [InlineData("flat/401")]
    [InlineData("x1234567890123456789012345678901234567890123456789012345678901234567890")]
    public async Task A_user_name_that_Kamailio_cannot_hold_is_refused_by_the_table_with_a_sentence(string username)
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var unit = await dashboard.AddFlatAsync();

        var answer = await dashboard.TryInsertAsync("sip_accounts", new { unit_id = unit, type = "panel", username });

        // @supabase/lite doesn't know this error's class and answers 500, where PostgREST answers 400.
        Assert.True(answer.Status >= 400, answer.Text);
        Assert.Contains("can't be used: write 1 to 64 letters", answer["message"].GetString(), StringComparison.Ordinal);
        Assert.Equal(0, (await dashboard.SelectAsync("sip_accounts", $"unit_id=eq.{unit}")).GetArrayLength());
    }

    [Fact]
    public async Task The_name_of_an_unmanaged_subscriber_fails_as_in_use_and_leaves_the_guest_as_it_is()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var name = $"guest{Guid.NewGuid():N}";
        await _stack.ExecuteKamailioAsync(
            "insert into subscriber (username, domain, password, ha1, ha1b) values (@p0, 'sip.neolia.app', '', md5(rand()), md5(rand()))", name);
        var account = new SipAccount(Guid.Empty, name, "sip.neolia.app");
        var guest = await account.SubscriberAsync(_stack);
        account = await dashboard.AddAccountNamedAsync(name);

        var state = await FailedStateAsync(dashboard, account);
        Assert.Equal("name_in_use", state.GetProperty("error_code").GetString());
        Assert.StartsWith("Name in use", state.GetProperty("last_error").GetString(), StringComparison.Ordinal);

        var created = await dashboard.CreateAccountAsync(account);
        Assert.False(created["success"].GetBoolean());
        Assert.StartsWith("Name in use", Assert.Single(created.Texts("errors")), StringComparison.Ordinal);
        Assert.Equal(guest, await account.SubscriberAsync(_stack));

        Assert.True((await dashboard.DeleteAccountAsync(account))["success"].GetBoolean());
        Assert.Equal(guest, await account.SubscriberAsync(_stack));
    }

    [Fact]
    public async Task An_account_of_an_unserved_domain_fails_with_a_sentence_and_recovers_when_corrected()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountNamedAsync($"p{Guid.NewGuid():N}", "sip.elsewhere.example");

        var state = await FailedStateAsync(dashboard, account);
        Assert.Equal("domain_not_served", state.GetProperty("error_code").GetString());
        Assert.Contains("sip.elsewhere.example", state.GetProperty("last_error").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, await account.CountSubscribersAsync(_stack));

        await dashboard.UpdateAccountAsync(account, new { domain = "sip.neolia.app" });
        var served = account with { Domain = "sip.neolia.app" };
        await Eventually.HoldsAsync("the corrected account is a subscriber", async () => await served.CountSubscribersAsync(_stack) == 1);
        Assert.Equal(200, await served.RegisterAsync(_stack, await dashboard.IssueAsync(served)));
    }

    [Fact]
    public async Task A_rename_cuts_the_old_name_off_and_asks_for_new_credentials()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var password = await dashboard.IssueAsync(account);
        Assert.Equal(200, await account.RegisterAsync(_stack, password));

        await dashboard.UpdateAccountAsync(account, new { username = $"new-{account.Username}" });
        var renamed = account with { Username = $"new-{account.Username}" };

        await Eventually.HoldsAsync("the new name is a subscriber", async () => await renamed.CountSubscribersAsync(_stack) == 1);
        await Eventually.HoldsAsync("the old name's contact is gone", async () => await account.CountContactsAsync(_stack) == 0);
        Assert.Equal(401, await account.RegisterAsync(_stack, password));
        Assert.Equal(401, await renamed.RegisterAsync(_stack, password));
        Assert.False((await dashboard.SyncStateAsync(renamed)).GetProperty("has_credentials").GetBoolean());
        Assert.Equal(200, await renamed.RegisterAsync(_stack, await dashboard.IssueAsync(renamed)));
    }

    private static async Task<JsonElement> FailedStateAsync(Dashboard dashboard, SipAccount account)
    {
        JsonElement state = default;
        await Eventually.HoldsAsync(
            "the account's sync state is failed",
            async () => (state = await dashboard.SyncStateAsync(account)).GetProperty("state").GetString() == "failed");
        return state;
    }
}
