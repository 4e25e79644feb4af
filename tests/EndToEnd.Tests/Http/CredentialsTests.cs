using System.Net.Http.Json;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary><c>POST /api/sip-accounts/{id}/credentials</c>.</summary>
public sealed class CredentialsTests(StackFixture shared)
{
    private readonly LocalStack.Stack _stack = shared.Stack;

    [Fact]
    public async Task New_credentials_replace_the_old_ones_and_cut_the_device_off()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var first = await dashboard.IssueAsync(account);
        Assert.Equal(200, await account.RegisterAsync(_stack, first));

        var answer = await IssueAsync(dashboard, account.Id.ToString());

        Assert.Equal(200, answer.Status);
        Assert.Equal(
            ["domain:string", "password:string", "uri:string", "username:string", "warnings:string[]", "wsServers:string"],
            Answer.ShapeOf(answer.Json));
        Assert.Empty(answer.Texts("warnings"));
        Assert.Equal(0, await account.CountContactsAsync(_stack));
        Assert.Equal(401, await account.RegisterAsync(_stack, first));
        Assert.Equal(200, await account.RegisterAsync(_stack, answer["password"].GetString()!));
    }

    [Fact]
    public async Task A_password_that_is_strong_enough_may_be_chosen()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var chosen = $"Chosen-{Guid.NewGuid():N}";

        Assert.Equal(chosen, (await IssueAsync(dashboard, account.Id.ToString(), new { password = chosen }))["password"].GetString());
        Assert.Equal(200, await account.RegisterAsync(_stack, chosen));

        var refused = await IssueAsync(dashboard, account.Id.ToString(), new { password = "abc" });
        Assert.Equal(400, refused.Status);
        Assert.Equal(200, await account.RegisterAsync(_stack, chosen));
    }

    [Fact]
    public async Task The_account_of_somebody_else_is_not_found_and_keeps_its_password()
    {
        using var owner = await Dashboard.SignInAsync(_stack);
        var account = await owner.AddAccountAsync();
        var password = await owner.IssueAsync(account);
        using var stranger = await Dashboard.SignInAsync(_stack);

        Assert.Equal(404, (await IssueAsync(stranger, account.Id.ToString())).Status);
        Assert.Equal(200, await account.RegisterAsync(_stack, password));
    }

    [Fact]
    public async Task A_disabled_account_gets_credentials_and_a_warning()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        await dashboard.UpdateAccountAsync(account, new { enabled = false });

        var answer = await IssueAsync(dashboard, account.Id.ToString());

        Assert.Contains("disabled", Assert.Single(answer.Texts("warnings")), StringComparison.Ordinal);
        Assert.Equal(401, await account.RegisterAsync(_stack, answer["password"].GetString()!));
        await dashboard.UpdateAccountAsync(account, new { enabled = true });
        await account.UntilAppliedAsync(_stack);
        Assert.Equal(200, await account.RegisterAsync(_stack, answer["password"].GetString()!));
    }

    [Theory]
    [InlineData("not-a-uuid", "{}", 400)]
    [InlineData("00000000-0000-0000-0000-000000000001", "[1", 400)]
    [InlineData("00000000-0000-0000-0000-000000000001", """{"password":7}""", 400)]
    [InlineData("00000000-0000-0000-0000-000000000001", "", 404)]
    public async Task Bad_requests_are_answered_with_a_sentence(string id, string body, int status)
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        using var request = Request(dashboard.Authorization, id, new StringContent(body));

        var answer = await dashboard.App.SendAsync(request);

        Assert.Equal(status, answer.Status);
        Assert.False(answer["success"].GetBoolean());
        Assert.NotEmpty(answer["error"].GetString()!);
    }

    [Fact]
    public async Task Without_a_token_nothing_is_issued()
    {
        using var app = new AppClient(_stack);
        using var request = Request(authorization: null, Guid.NewGuid().ToString(), content: null);

        Assert.Equal(401, (await app.SendAsync(request)).Status);
    }

    private static async Task<Answer> IssueAsync(Dashboard dashboard, string id, object? body = null)
    {
        using var request = Request(dashboard.Authorization, id, body is null ? null : JsonContent.Create(body));
        return await dashboard.App.SendAsync(request);
    }

    private static HttpRequestMessage Request(string? authorization, string id, HttpContent? content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/sip-accounts/{id}/credentials") { Content = content };
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return request;
    }
}
