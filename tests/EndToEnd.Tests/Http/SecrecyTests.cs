using System.Net.Http.Json;
using Neolia.Functions.Credentials;
using Neolia.Functions.Subjects;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>
/// Invariant I6: marked secrets go into every endpoint, in the right and in wrong places, and are then looked for in
/// every log and every table. Answers are held against the stack's secrets as they are read.
/// </summary>
public sealed class SecrecyTests(StackFixture shared)
{
    private readonly LocalStack.Stack _stack = shared.Stack;

    [Fact]
    public async Task No_secret_is_left_in_a_log_or_in_a_table_where_it_does_not_belong()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var password = $"Marked-{Guid.NewGuid():N}";
        Assert.True((await dashboard.CreateAccountAsync(account, password))["success"].GetBoolean());
        var misplaced = $"Misplaced-{Guid.NewGuid():N}";
        await MisplaceAsync(dashboard, account, misplaced);
        await account.RegisterAsync(_stack, password);
        await dashboard.SyncAllAsync();
        await dashboard.CheckStatusAsync();
        await dashboard.DeleteAccountAsync(account);

        var digests = Digests.Of(new SipName(account.Username, account.Domain), password);
        foreach (var secret in (string[])[password, misplaced, dashboard.Token, _stack.WebhookSecret, digests.Ha1, digests.Ha1b, .. Passwords()])
        {
            foreach (var server in _stack.Processes())
                Assert.False(server.Log.Contains(secret, StringComparison.Ordinal), $"{server.Name} has logged a secret");
            Assert.Empty(await _stack.FindInKamailioAsync(secret));

            // The doorbell's secret stands in Supabase Vault, which the local stack keeps in a plain table.
            Assert.DoesNotContain(await _stack.FindInSupabaseAsync(secret), table => !table.StartsWith("vault.", StringComparison.Ordinal));
        }
    }

    private IEnumerable<string> Passwords() => _stack.AppSettings.Where(s => s.Key.EndsWith("Password", StringComparison.Ordinal)).Select(s => s.Value);

    /// <summary>A secret in every place that a confused caller may put it.</summary>
    private static async Task MisplaceAsync(Dashboard dashboard, SipAccount account, string secret)
    {
        var app = dashboard.App;
        List<Answer> answers =
        [
            await app.SyncAsync($"Bearer {secret}", new { action = "sync_all" }),
            await app.SyncAsync(secret, new { action = "sync_all" }),
            await app.SyncAsync(dashboard.Authorization, new { action = secret }),
            await app.SyncAsync(dashboard.Authorization, new { action = "create_account", account_id = secret, password = secret }),
            await app.SyncAsync(dashboard.Authorization, new { action = "create_account", account_id = Guid.NewGuid(), password = secret }),
            await app.SyncAsync(dashboard.Authorization, new { action = "create_account", account_id = account.Id, password = $"{secret} with blanks" }),
            await app.SyncAsync(dashboard.Authorization, "{\"action\":\"sync_all\",\"" + secret),
            await app.GetAsync($"/api/health/ready?code={secret}"),
            await app.GetAsync($"/api/{secret}"),
        ];
        foreach (var path in (string[])["/api/webhooks/supabase", $"/api/sip-accounts/{secret}/credentials", $"/api/sip-accounts/{account.Id}/credentials?password={secret}"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(new { secret, password = secret + " " }) };
            request.Headers.TryAddWithoutValidation("Authorization", dashboard.Authorization);
            request.Headers.TryAddWithoutValidation("webhook-signature", secret);
            request.Headers.TryAddWithoutValidation("webhook-id", secret);
            request.Headers.TryAddWithoutValidation("webhook-timestamp", secret);
            request.Headers.TryAddWithoutValidation("x-functions-key", secret);
            answers.Add(await app.SendAsync(request));
        }

        Assert.All(answers, answer => Assert.DoesNotContain(secret, answer.Text, StringComparison.Ordinal));
    }
}
