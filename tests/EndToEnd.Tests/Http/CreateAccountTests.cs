namespace Neolia.EndToEnd.Tests.Http;

public sealed class CreateAccountTests(StackFixture shared)
{
    private readonly LocalStack.Stack _stack = shared.Stack;

    [Fact]
    public async Task Fresh_account_gets_credentials_that_a_real_device_registers_with()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        await dashboard.UpdateAccountAsync(account, new { display_name = "Entrée" });

        var answer = await dashboard.CreateAccountAsync(account);

        Assert.Equal(200, answer.Status);
        Assert.Equal("application/json", answer.ContentType?.MediaType);
        Assert.Equal(
            [
                "accounts_created:int", "accounts_deleted:int", "accounts_updated:int", "action:string", "credentials:Object",
                "errors:string[]", "success:bool", "warnings:string[]",
            ],
            Answer.ShapeOf(answer.Json));
        Assert.Equal((true, "create_account"), (answer["success"].GetBoolean(), answer["action"].GetString()));
        Assert.Equal((1, 0, 0), (answer["accounts_created"].GetInt32(), answer["accounts_updated"].GetInt32(), answer["accounts_deleted"].GetInt32()));
        Assert.Empty(answer.Texts("errors"));
        Assert.Empty(answer.Texts("warnings"));

        var credentials = answer["credentials"];
        Assert.Equal(
            ["displayName:string", "domain:string", "password:string", "uri:string", "username:string", "wsServers:string"],
            Answer.ShapeOf(credentials));
        Assert.Equal($"sip:{account.Username}@{account.Domain}", credentials.GetProperty("uri").GetString());
        Assert.Equal(account.Username, credentials.GetProperty("username").GetString());
        Assert.Equal("sip.neolia.app", credentials.GetProperty("domain").GetString());
        Assert.Equal("wss://sip.neolia.app:8443", credentials.GetProperty("wsServers").GetString());
        Assert.Equal("Entrée", credentials.GetProperty("displayName").GetString());
        Assert.Equal(200, await account.RegisterAsync(_stack, credentials.GetProperty("password").GetString()!));
    }

    [Fact]
    public async Task Wrong_and_empty_passwords_are_refused()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync("mobile");
        var password = await dashboard.IssueAsync(account);

        Assert.Equal(401, await account.RegisterAsync(_stack, password + "x"));
        Assert.Equal(401, await account.RegisterAsync(_stack, ""));
    }

    [Fact]
    public async Task The_password_stays_in_neither_database_nor_in_any_log()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();

        var made = await dashboard.IssueAsync(account);
        var given = "Given-" + Guid.NewGuid().ToString("N");
        Assert.True((await dashboard.CreateAccountAsync(account, given))["success"].GetBoolean());

        foreach (var password in (string[])[made, given])
        {
            // The search itself is proven by what must be found.
            Assert.NotEmpty(await _stack.FindInSupabaseAsync(account.Username));
            Assert.NotEmpty(await _stack.FindInKamailioAsync(account.Username));
            Assert.Empty(await _stack.FindInSupabaseAsync(password));
            Assert.Empty(await _stack.FindInKamailioAsync(password));
            foreach (var server in _stack.Processes())
                Assert.False(server.Log.Contains(password, StringComparison.Ordinal), $"{server.Name} has logged a password");
        }
    }

    [Fact]
    public async Task An_account_that_has_credentials_keeps_them_and_says_so()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var password = await dashboard.IssueAsync(account);
        var before = await account.SubscriberAsync(_stack);

        var again = await dashboard.CreateAccountAsync(account);

        Assert.Equal(200, again.Status);
        Assert.True(again["success"].GetBoolean());
        Assert.Equal(0, again["accounts_created"].GetInt32() + again["accounts_updated"].GetInt32() + again["accounts_deleted"].GetInt32());
        Assert.Contains("has credentials already", Assert.Single(again.Texts("warnings")), StringComparison.Ordinal);
        Assert.False(again.Json.TryGetProperty("credentials", out _));
        Assert.Equal(before, await account.SubscriberAsync(_stack));
        Assert.Equal(200, await account.RegisterAsync(_stack, password));
    }

    [Fact]
    public async Task A_given_password_replaces_the_old_one_and_cuts_its_devices_off()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var old = await dashboard.IssueAsync(account);
        Assert.Equal(200, await account.RegisterAsync(_stack, old));
        Assert.Equal(1, await account.CountContactsAsync(_stack));
        var given = "Kq7~" + Guid.NewGuid().ToString("N");

        var answer = await dashboard.CreateAccountAsync(account, given);

        Assert.Equal(0, await account.CountContactsAsync(_stack));
        Assert.True(answer["success"].GetBoolean());
        Assert.Equal((0, 1), (answer["accounts_created"].GetInt32(), answer["accounts_updated"].GetInt32()));
        Assert.Equal(given, answer["credentials"].GetProperty("password").GetString());
        Assert.Equal(401, await account.RegisterAsync(_stack, old));
        Assert.Equal(200, await account.RegisterAsync(_stack, given));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("aaaaaaaaaaaaaaaaaaaa")]
    [InlineData("has blanks between words")]
    [InlineData("mot-de-passe-accentué")]
    public async Task A_weak_password_is_refused_with_a_sentence_and_changes_nothing(string weak)
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var old = await dashboard.IssueAsync(account);

        var answer = await dashboard.CreateAccountAsync(account, weak);

        Assert.Equal(200, answer.Status);
        Assert.False(answer["success"].GetBoolean());
        var error = Assert.Single(answer.Texts("errors"));
        Assert.StartsWith("The password ", error, StringComparison.Ordinal);
        Assert.DoesNotContain(weak, error, StringComparison.Ordinal);
        Assert.False(answer.Json.TryGetProperty("credentials", out _));
        Assert.Equal(200, await account.RegisterAsync(_stack, old));
    }

    [Fact]
    public async Task A_password_that_contains_the_user_name_is_refused()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();

        var answer = await dashboard.CreateAccountAsync(account, "Prefix." + account.Username.ToUpperInvariant());

        Assert.Contains("user name", Assert.Single(answer.Texts("errors")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disabled_account_gets_credentials_with_a_warning_and_registers_once_enabled()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        await dashboard.UpdateAccountAsync(account, new { enabled = false });

        var answer = await dashboard.CreateAccountAsync(account);

        Assert.True(answer["success"].GetBoolean(), answer.Text);
        Assert.Contains("disabled", Assert.Single(answer.Texts("warnings")), StringComparison.Ordinal);
        var password = answer["credentials"].GetProperty("password").GetString()!;
        Assert.Equal(401, await account.RegisterAsync(_stack, password));

        await dashboard.UpdateAccountAsync(account, new { enabled = true });
        await account.UntilAppliedAsync(_stack);
        Assert.Equal(200, await account.RegisterAsync(_stack, password));
    }

    [Fact]
    public async Task Another_users_account_is_not_found_and_stays_as_it_is()
    {
        using var owner = await Dashboard.SignInAsync(_stack);
        using var stranger = await Dashboard.SignInAsync(_stack);
        var account = await owner.AddAccountAsync();
        var password = await owner.IssueAsync(account);
        Assert.Equal(200, await account.RegisterAsync(_stack, password));

        foreach (var answer in (Answer[])
            [await stranger.CreateAccountAsync(account), await stranger.CreateAccountAsync(account, Guid.NewGuid().ToString("N")), await stranger.DeleteAccountAsync(account)])
        {
            Assert.Equal(404, answer.Status);
            Assert.False(answer["success"].GetBoolean());
            Assert.NotEmpty(answer["error"].GetString()!);
            Assert.DoesNotContain(account.Username, answer.Text, StringComparison.Ordinal);
        }

        Assert.Equal(1, await account.CountContactsAsync(_stack));
        Assert.Equal(200, await account.RegisterAsync(_stack, password));
        Assert.Equal(1, (await owner.SelectAsync("sip_accounts", $"id=eq.{account.Id}")).GetArrayLength());
    }

    [Fact]
    public async Task An_account_that_does_not_exist_is_not_found()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);

        Assert.Equal(404, (await dashboard.SyncAsync(new { action = "create_account", account_id = Guid.NewGuid() })).Status);
    }
}
