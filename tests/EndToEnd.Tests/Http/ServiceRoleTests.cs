namespace Neolia.EndToEnd.Tests.Http;

/// <summary>A token of role service_role, such as a project's legacy key: no user, no audience, acts for all.</summary>
public sealed class ServiceRoleTests(StackFixture shared)
{
    private readonly LocalStack.Stack _stack = shared.Stack;

    [Fact]
    public async Task Acts_for_an_account_of_any_user()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var key = UserToken.Sign(
            new Dictionary<string, object> { ["role"] = "service_role", ["iss"] = "supabase", ["exp"] = DateTimeOffset.UtcNow.AddYears(1).ToUnixTimeSeconds() },
            _stack.JwtSecret);

        var created = await dashboard.App.SyncAsync($"Bearer {key}", new { action = "create_account", account_id = account.Id });
        Assert.True(created["success"].GetBoolean(), created.Text);
        Assert.Equal(200, await account.RegisterAsync(_stack, created["credentials"].GetProperty("password").GetString()!));

        var deleted = await dashboard.App.SyncAsync($"Bearer {key}", new { action = "delete_account", account_id = account.Id });
        Assert.True(deleted["success"].GetBoolean(), deleted.Text);
        Assert.Equal(1, deleted["accounts_deleted"].GetInt32());
        Assert.Equal(0, await account.CountSubscribersAsync(_stack) + await account.CountContactsAsync(_stack));
    }
}
