using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Http;

public sealed class SyncAllTests(StackFixture shared)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task What_was_changed_by_hand_in_Kamailio_is_put_right_and_counted()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var (removed, tampered, untouched) = (await dashboard.AddAccountAsync(), await dashboard.AddAccountAsync(), await dashboard.AddAccountAsync());
        var passwords = new Dictionary<SipAccount, string>();
        foreach (var account in (SipAccount[])[removed, tampered, untouched])
            passwords[account] = await dashboard.IssueAsync(account);
        await _stack.ExecuteKamailioAsync("delete from subscriber where username = @p0", removed.Username);
        await _stack.ExecuteKamailioAsync("update subscriber set ha1 = repeat('0', 32) where username = @p0", tampered.Username);

        var answer = await dashboard.SyncAllAsync();

        Assert.Equal(200, answer.Status);
        Assert.Equal(
            [
                "accounts_created:int", "accounts_deleted:int", "accounts_updated:int", "action:string",
                "errors:string[]", "success:bool", "warnings:string[]",
            ],
            Answer.ShapeOf(answer.Json));
        Assert.Equal((true, "sync_all"), (answer["success"].GetBoolean(), answer["action"].GetString()));
        Assert.Equal(2, answer["accounts_created"].GetInt32() + answer["accounts_updated"].GetInt32());
        Assert.Equal(0, answer["accounts_deleted"].GetInt32());
        Assert.Empty(answer.Texts("errors"));
        foreach (var (account, password) in passwords)
            Assert.Equal(200, await account.RegisterAsync(_stack, password));
    }

    [Fact]
    public async Task It_counts_and_names_the_callers_accounts_only()
    {
        using var unlucky = await Dashboard.SignInAsync(_stack);
        using var caller = await Dashboard.SignInAsync(_stack);
        var failing = await unlucky.AddAccountNamedAsync($"p{Guid.NewGuid():N}", "unserved.example");
        await _stack.ExecuteKamailioAsync("delete from subscriber where username = @p0", (await unlucky.AddAccountAsync()).Username);
        await caller.AddAccountAsync();
        Assert.True((await caller.SyncAllAsync())["success"].GetBoolean());

        var answer = await caller.SyncAllAsync();

        Assert.True(answer["success"].GetBoolean(), answer.Text);
        Assert.Equal(0, answer["accounts_created"].GetInt32() + answer["accounts_updated"].GetInt32() + answer["accounts_deleted"].GetInt32());
        Assert.DoesNotContain(failing.Username, answer.Text, StringComparison.Ordinal);

        var own = await unlucky.SyncAllAsync();
        Assert.Equal((200, false), (own.Status, own["success"].GetBoolean()));
        var error = Assert.Single(own.Texts("errors"));
        Assert.StartsWith($"{failing.Username}@unserved.example: ", error, StringComparison.Ordinal);
        Assert.Contains("isn't served", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_that_forwards_abroad_is_named_until_the_operator_allows_it()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var unit = await dashboard.AddFlatAsync();
        var host = $"h{Guid.NewGuid():N}.example";
        var rule = new { unit_id = unit, name = "Desk", source_pattern = "*", action = "forward", target_sip_uri = $"sip:desk@{host}" };
        await dashboard.InsertAsync("call_rules", rule);

        var refused = await dashboard.SyncAllAsync();

        Assert.Equal((200, false), (refused.Status, refused["success"].GetBoolean()));
        Assert.Equal(
            $"Flat 401 (A): The call rule for '*' sends calls to 'sip:desk@{host}', outside this Kamailio and not on its operator's list of allowed targets. Choose another target, or ask the operator to allow it and synchronise again.",
            Assert.Single(refused.Texts("errors")));
        Assert.Equal("failed", (await dashboard.SelectAsync("unit_sync", $"unit_id=eq.{unit}"))[0].GetProperty("state").GetString());

        await _stack.ExecuteKamailioAsync("insert into neolia_forward_target (uri) values (@p0)", $"sip:{host}");
        var allowed = await dashboard.SyncAllAsync();

        Assert.True(allowed["success"].GetBoolean(), allowed.Text);
        Assert.Equal(1, await _stack.ReadKamailioAsync<long>("select count(*) from neolia_call_rule where unit_id = @p0", unit.ToString()));
    }

    [Fact]
    public async Task A_number_that_fits_two_flats_is_a_warning()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var site = (await dashboard.InsertAsync("sites", new { name = "Les Pins" })).GetProperty("id").GetGuid();
        foreach (var (building, number, type) in ((string, string, string)[])[("A", "401", "panel"), ("B", "401", "panel"), ("Gate", "door", "station")])
        {
            var id = (await dashboard.InsertAsync("buildings", new { site_id = site, name = building })).GetProperty("id").GetGuid();
            var unit = (await dashboard.InsertAsync("units", new { building_id = id, number })).GetProperty("id").GetGuid();
            await dashboard.InsertAsync("sip_accounts", new { unit_id = unit, type });
        }

        var answer = await dashboard.SyncAllAsync();

        Assert.True(answer["success"].GetBoolean(), answer.Text);
        Assert.Equal(
            "Les Pins: 401 fits 2 flats as seen from Gate, so calls from there are refused. Give the flat that is meant an extension of its own.",
            Assert.Single(answer.Texts("warnings")));
    }

    [Fact]
    public async Task A_user_without_any_site_gets_a_plain_success()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);

        var answer = await dashboard.SyncAllAsync();

        Assert.True(answer["success"].GetBoolean(), answer.Text);
        Assert.Empty(answer.Texts("warnings"));
    }
}
