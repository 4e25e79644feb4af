using System.Globalization;
using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>Supabase's database stands still, alone or together with Kamailio's.</summary>
[Collection(Outages.Name)]
public sealed class SupabaseOutageTests(PrivateStackFixture own)
{
    private readonly Stack _stack = own.Stack;

    [Fact]
    public async Task Actions_that_need_Supabase_are_answered_503_with_a_time_to_come_back()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        await using (await Outage.OfPostgresAsync(_stack))
        {
            foreach (var answer in (Answer[])
                [await dashboard.CreateAccountAsync(account), await dashboard.DeleteAccountAsync(account), await dashboard.SyncAllAsync()])
            {
                Assert.Equal(503, answer.Status);
                Assert.False(answer["success"].GetBoolean());
                Assert.Contains("Supabase's database can't be reached", answer["error"].GetString(), StringComparison.Ordinal);
                Assert.InRange(int.Parse(Assert.Single(answer.Headers.GetValues("Retry-After")), CultureInfo.InvariantCulture), 1, 60);
            }

            using var french = new AppClient(_stack).Speaking("fr");
            var refused = await french.SyncAsync(dashboard.Authorization, new { action = "sync_all" });
            Assert.StartsWith("La base de données Supabase est injoignable", refused["error"].GetString(), StringComparison.Ordinal);

            var status = await dashboard.CheckStatusUntilAsync("Supabase is away", answer => !answer["supabase_connected"].GetBoolean());
            Assert.Equal((true, false), (status["connected"].GetBoolean(), status["supabase_connected"].GetBoolean()));
            Assert.Contains("Supabase's database can't be reached", status["message"].GetString(), StringComparison.Ordinal);
            Assert.Equal(202, (await new Doorbell().SignedWith(_stack.WebhookSecret).RingAsync(dashboard.App)).Status);
            var ready = await dashboard.App.GetAsync("/api/health/ready");
            Assert.Equal((503, "unreachable", "reachable"), (ready.Status, ready["supabase"].GetString(), ready["kamailio"].GetString()));
        }

        await ReadyAsync(dashboard.App);
        Assert.Equal(200, await account.RegisterAsync(_stack, await dashboard.IssueAsync(account)));
    }

    [Fact]
    public async Task A_password_that_is_stored_is_handed_out_even_if_Supabase_goes_away_during_the_drain()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        await Eventually.HoldsAsync("the account is a subscriber", async () => await account.CountSubscribersAsync(_stack) == 1);
        Answer answer;
        await using (var lockedTable = await Outage.OfAccountsTableAsync(_stack))
        {
            var asked = dashboard.CreateAccountAsync(account);
            await Eventually.HoldsAsync(
                "the digests are stored",
                async () => await _stack.ReadSupabaseAsync<bool>("select issued_at is not null from kamailio_sync.credentials where account_id = $1", account.Id));
            await using var outage = await Outage.OfPostgresAsync(_stack);
            await lockedTable.EndAsync();
            answer = await asked;
        }

        Assert.Equal(200, answer.Status);
        Assert.False(answer["success"].GetBoolean());
        Assert.NotEmpty(answer.Texts("errors"));
        var password = answer["credentials"].GetProperty("password").GetString()!;
        await account.UntilAppliedAsync(_stack);
        Assert.Equal(200, await account.RegisterAsync(_stack, password));
    }

    [Fact]
    public async Task With_both_databases_down_it_starts_says_which_are_missing_and_resumes_by_itself()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        await _stack.App!.KillAsync(TestContext.Current.CancellationToken);
        var account = await dashboard.AddAccountAsync();
        await using var mariaDb = await Outage.OfMariaDbAsync(_stack);
        await using var postgres = await Outage.OfPostgresAsync(_stack);

        await _stack.App.StartAgainAsync(TestContext.Current.CancellationToken);

        Assert.Equal((503, "unreachable", "unreachable"), await ReadinessAsync());
        await postgres.EndAsync();
        await Eventually.HoldsAsync("Supabase is reachable", async () => await ReadinessAsync() == (503, "reachable", "unreachable"));
        await mariaDb.EndAsync();
        await ReadyAsync(dashboard.App);
        await Eventually.HoldsAsync("the account is a subscriber", async () => await account.CountSubscribersAsync(_stack) == 1);
        Assert.Equal(200, await account.RegisterAsync(_stack, await dashboard.IssueAsync(account)));

        async Task<(int, string?, string?)> ReadinessAsync()
        {
            var ready = await dashboard.App.GetAsync("/api/health/ready");
            return (ready.Status, ready["supabase"].GetString(), ready["kamailio"].GetString());
        }
    }

    private static Task ReadyAsync(AppClient app) =>
        Eventually.HoldsAsync("the app is ready", async () => (await app.GetAsync("/api/health/ready")).Status == 200);
}
