using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Http;

public sealed class DeleteAccountTests(StackFixture shared)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task Deleting_refuses_the_device_and_removes_its_contact_before_the_answer()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var password = await dashboard.IssueAsync(account);
        Assert.Equal(200, await account.RegisterAsync(_stack, password));
        Assert.Equal(1, await account.CountContactsAsync(_stack));

        var answer = await dashboard.DeleteAccountAsync(account);

        Assert.Equal(0, await account.CountContactsAsync(_stack));
        Assert.Equal(0, await account.CountSubscribersAsync(_stack));
        Assert.Equal(200, answer.Status);
        Assert.Equal(
            [
                "accounts_created:int", "accounts_deleted:int", "accounts_updated:int", "action:string",
                "errors:string[]", "success:bool", "warnings:string[]",
            ],
            Answer.ShapeOf(answer.Json));
        Assert.Equal((true, "delete_account"), (answer["success"].GetBoolean(), answer["action"].GetString()));
        Assert.Equal((0, 0, 1), (answer["accounts_created"].GetInt32(), answer["accounts_updated"].GetInt32(), answer["accounts_deleted"].GetInt32()));
        Assert.Empty(answer.Texts("errors"));
        Assert.Equal(401, await account.RegisterAsync(_stack, password));
        Assert.Equal(0, (await dashboard.SelectAsync("sip_accounts", $"id=eq.{account.Id}")).GetArrayLength());
    }

    [Fact]
    public async Task An_account_that_its_owner_has_deleted_already_is_a_success_with_nothing_deleted()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var password = await dashboard.IssueAsync(account);
        Assert.Equal(200, await account.RegisterAsync(_stack, password));
        await dashboard.DeleteAccountRowAsync(account);

        var answer = await dashboard.DeleteAccountAsync(account);

        Assert.Equal(200, answer.Status);
        Assert.True(answer["success"].GetBoolean(), answer.Text);
        Assert.Equal(0, answer["accounts_deleted"].GetInt32());
        Assert.Equal(0, await account.CountContactsAsync(_stack));
        Assert.Equal(401, await account.RegisterAsync(_stack, password));
    }

    [Fact]
    public async Task A_deleted_name_can_be_taken_again_with_credentials_of_its_own()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var first = await dashboard.AddAccountAsync();
        var old = await dashboard.IssueAsync(first);
        Assert.True((await dashboard.DeleteAccountAsync(first))["success"].GetBoolean());

        var second = await dashboard.AddAccountNamedAsync(first.Username);
        var password = await dashboard.IssueAsync(second);

        Assert.Equal(401, await second.RegisterAsync(_stack, old));
        Assert.Equal(200, await second.RegisterAsync(_stack, password));
    }
}
