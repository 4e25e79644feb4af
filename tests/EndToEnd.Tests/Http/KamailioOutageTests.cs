using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>Kamailio or its database stand still; Supabase answers.</summary>
[Collection(Outages.Name)]
public sealed class KamailioOutageTests(PrivateStackFixture own)
{
    private readonly Stack _stack = own.Stack;

    [Fact]
    public async Task Check_status_measures_what_runs()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var before = (await dashboard.CheckStatusUntilAsync("all is connected", status => status["connected"].GetBoolean()))["registered_users"].GetInt32();
        var (one, other) = (await dashboard.AddAccountAsync(), await dashboard.AddAccountAsync());
        Assert.Equal(200, await one.RegisterAsync(_stack, await dashboard.IssueAsync(one)));
        var password = await dashboard.IssueAsync(other);
        Assert.Equal(200, await other.RegisterAsync(_stack, password));
        Assert.Equal(200, await other.RegisterAsync(_stack, password)); // A second contact of the same user.

        var running = await dashboard.CheckStatusUntilAsync("two more are registered", status => status["registered_users"].GetInt32() == before + 2);
        Assert.Equal(200, running.Status);
        Assert.Superset(
            new HashSet<string>(["auth_enabled:bool", "connected:bool", "message:string", "registered_users:int"]),
            Answer.ShapeOf(running.Json).ToHashSet());
        Assert.True(running["sip_answers"].GetBoolean());
        Assert.True(running["supabase_connected"].GetBoolean());
        Assert.Equal(0, running["accounts_without_credentials"].GetInt32());
        Assert.Equal((true, true, before + 2), State(running));

        await using (await Outage.OfMariaDbAsync(_stack))
        {
            var unconnected = await dashboard.CheckStatusUntilAsync("the database is away", status => !status["connected"].GetBoolean());
            Assert.Equal((200, false, 0), (unconnected.Status, unconnected["connected"].GetBoolean(), unconnected["registered_users"].GetInt32()));
            Assert.Contains("database can't be reached", unconnected["message"].GetString(), StringComparison.Ordinal);
            Assert.False(unconnected["auth_enabled"].GetBoolean());
        }

        var again = await dashboard.CheckStatusUntilAsync("the database is back", status => status["connected"].GetBoolean());
        Assert.Equal(before + 2, again["registered_users"].GetInt32());

        await using (await Outage.OfKamailioAsync(_stack))
        {
            var silent = await dashboard.CheckStatusUntilAsync("Kamailio is silent", status => !status["sip_answers"].GetBoolean());
            Assert.Equal((true, false, before + 2), State(silent));
            Assert.Contains("doesn't answer SIP", silent["message"].GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Check_status_tells_a_database_that_is_not_as_it_must_be()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        await using var outage = await Outage.OfKicksAsync(_stack);

        var answer = await dashboard.CheckStatusUntilAsync(
            "a table is missing", status => status["message"].GetString()!.Contains("(neolia_kick): apply kamailio/mysql/tables.sql", StringComparison.Ordinal));

        Assert.Equal((false, true), (answer["connected"].GetBoolean(), answer["supabase_connected"].GetBoolean()));
        Assert.Equal(answer["message"].GetString(), answer.Texts("problems")[0]);
    }

    [Fact]
    public async Task While_Kamailios_database_is_down_every_action_says_so_and_the_work_is_done_when_it_is_back()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var (existing, doomed, fresh) = (await dashboard.AddAccountAsync(), await dashboard.AddAccountAsync(), await dashboard.AddAccountAsync("mobile"));
        var password = await dashboard.IssueAsync(existing);
        var lost = await dashboard.IssueAsync(doomed);
        Assert.Equal(200, await doomed.RegisterAsync(_stack, lost));
        string issued;
        await using (await Outage.OfMariaDbAsync(_stack))
        {
            var created = await dashboard.CreateAccountAsync(fresh);
            AssertUnreachable(created);
            Assert.Contains("become active", Assert.Single(created.Texts("warnings")), StringComparison.Ordinal);
            issued = created["credentials"].GetProperty("password").GetString()!;

            AssertUnreachable(await dashboard.DeleteAccountAsync(doomed));
            AssertUnreachable(await dashboard.SyncAllAsync());
            AssertUnreachable(await dashboard.CreateAccountAsync(fresh));

            var ready = await dashboard.App.GetAsync("/api/health/ready");
            Assert.Equal((503, "reachable", "unreachable"), (ready.Status, ready["supabase"].GetString(), ready["kamailio"].GetString()));
            Assert.Equal(200, (await dashboard.App.GetAsync("/api/health/live")).Status);
        }

        await fresh.UntilAppliedAsync(_stack);
        Assert.Equal(200, await fresh.RegisterAsync(_stack, issued));
        await Eventually.HoldsAsync("the deleted account's contact is gone", async () => await doomed.CountContactsAsync(_stack) == 0);
        Assert.Equal(401, await doomed.RegisterAsync(_stack, lost));
        Assert.Equal(200, await existing.RegisterAsync(_stack, password));
        await Eventually.HoldsAsync(
            "the account is shown as synced", async () => (await dashboard.SyncStateAsync(fresh)).GetProperty("state").GetString() == "synced");
        Assert.True((await dashboard.SyncAllAsync())["success"].GetBoolean());
    }

    [Fact]
    public async Task The_outage_is_told_in_the_callers_language()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var (account, doomed) = (await dashboard.AddAccountAsync(), await dashboard.AddAccountAsync());
        dashboard.App.Speaking("fr-FR,fr;q=0.9,en;q=0.8");
        await using var outage = await Outage.OfMariaDbAsync(_stack);

        var created = await dashboard.CreateAccountAsync(account);
        var deleted = await dashboard.DeleteAccountAsync(doomed);

        Assert.StartsWith("Les identifiants sont valables", Assert.Single(created.Texts("warnings")), StringComparison.Ordinal);
        Assert.All([created, deleted], answer => Assert.StartsWith("Le serveur téléphonique est injoignable.", Assert.Single(answer.Texts("errors")), StringComparison.Ordinal));
        await dashboard.CheckStatusUntilAsync(
            "the status is told in French", status => status["message"].GetString()!.StartsWith("La base de données de Kamailio est injoignable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_user_without_accounts_too_is_told_that_the_database_is_down()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        await dashboard.AddFlatAsync();
        await using var outage = await Outage.OfMariaDbAsync(_stack);

        AssertUnreachable(await dashboard.SyncAllAsync());
    }

    [Fact]
    public async Task A_doorbell_whose_work_outlasts_its_budget_is_answered_202_and_the_work_goes_on()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var unit = await dashboard.AddFlatAsync();
        SipAccount account;
        await using (await Outage.OfAccountsTableAsync(_stack))
        {
            account = SipAccount.Of(await dashboard.InsertAsync("sip_accounts", new { unit_id = unit, type = "panel" }));

            var answer = await new Doorbell().SignedWith(_stack.WebhookSecret).RingAsync(dashboard.App);

            Assert.Equal((202, false), (answer.Status, answer["complete"].GetBoolean()));
        }

        await Eventually.HoldsAsync("the account is a subscriber", async () => await account.CountSubscribersAsync(_stack) == 1);
    }

    private static (bool Connected, bool AuthEnabled, int Registered) State(Answer answer) =>
        (answer["connected"].GetBoolean(), answer["auth_enabled"].GetBoolean(), answer["registered_users"].GetInt32());

    private static void AssertUnreachable(Answer answer)
    {
        Assert.Equal(200, answer.Status);
        Assert.False(answer["success"].GetBoolean(), answer.Text);
        Assert.All(answer.Texts("errors"), error => Assert.Contains("Kamailio's database can't be reached", error, StringComparison.Ordinal));
        Assert.NotEmpty(answer.Texts("errors"));
    }
}
