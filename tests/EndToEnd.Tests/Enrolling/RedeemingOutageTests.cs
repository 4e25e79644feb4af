using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Enrolling;

/// <summary>Links while a database is away, and while the program is killed.</summary>
[Collection(Outages.Name)]
public sealed class RedeemingOutageTests(PrivateStackFixture own)
{
    private readonly Stack _stack = own.Stack;

    [Fact]
    public async Task While_Kamailios_database_is_down_the_device_gets_what_will_be_valid_and_is_told_so()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var before = await dashboard.IssueAsync(account);
        Assert.Equal(200, await account.RegisterAsync(_stack, before));
        var link = await EnrolmentLink.MakeAsync(dashboard, account);

        Answer answer;
        await using (await Outage.OfMariaDbAsync(_stack))
        {
            answer = await link.RedeemAsync(dashboard.App);
            Assert.Equal(404, (await link.RedeemAsync(dashboard.App)).Status);
        }

        Assert.Equal(200, answer.Status);
        Assert.Contains("become active", Assert.Single(answer.Texts("warnings")), StringComparison.Ordinal);
        await account.UntilAppliedAsync(_stack);
        Assert.Equal(0, await account.CountContactsAsync(_stack));
        Assert.Equal(401, await account.RegisterAsync(_stack, before));
        Assert.Equal(200, await account.RegisterAsync(_stack, answer["password"].GetString()!));
    }

    [Fact]
    public async Task A_program_that_is_killed_between_its_commit_and_its_drain_loses_nothing_and_strands_no_device()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var before = await dashboard.IssueAsync(account);
        Assert.Equal(200, await account.RegisterAsync(_stack, before));
        var link = await EnrolmentLink.MakeAsync(dashboard, account);
        await using (await Outage.OfAccountsTableAsync(_stack))
        {
            var redeeming = link.RedeemAsync(dashboard.App);
            await Eventually.HoldsAsync("the link's end is committed", () => _stack.ReadSupabaseAsync<bool>(
                "select redeemed_at is not null from sip_account_enrolments where id = $1", link.Id));
            await _stack.App!.KillAsync(TestContext.Current.CancellationToken);
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => redeeming);
        }

        // As after the 30 s that the dead one's lease has left.
        await _stack.ReadSupabaseAsync<object?>("update kamailio_sync.queue set leased_until = now() where subject_id = $1", account.Id);
        await _stack.App!.StartAgainAsync(TestContext.Current.CancellationToken);

        // The password that nobody was told is the one that holds, so the device before is cut off ...
        await account.UntilAppliedAsync(_stack);
        Assert.Equal(
            await _stack.ReadSupabaseAsync<string>("select ha1 || ha1b from kamailio_sync.credentials where account_id = $1", account.Id),
            await _stack.ReadKamailioAsync<string>("select concat(ha1, ha1b) from subscriber where username = @p0", account.Username));
        Assert.Equal(0, await account.CountContactsAsync(_stack));
        Assert.Equal(401, await account.RegisterAsync(_stack, before));

        // ... and a new link is all that it takes.
        Assert.Equal(404, (await link.RedeemAsync(dashboard.App)).Status);
        var again = await (await EnrolmentLink.MakeAsync(dashboard, account)).RedeemAsync(dashboard.App);
        Assert.Equal(200, await account.RegisterAsync(_stack, again["password"].GetString()!));
    }

    [Fact]
    public async Task While_Supabase_is_away_a_link_says_so_and_stays_alive()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var link = await EnrolmentLink.MakeAsync(dashboard, account);
        await using (await Outage.OfPostgresAsync(_stack))
        {
            var page = await link.ShowAsync(dashboard.App);
            Assert.Equal((503, "text/html"), (page.Status, page.ContentType!.MediaType));
            Assert.Contains("Reload it", page.Text, StringComparison.Ordinal);
            var redeemed = await link.RedeemAsync(dashboard.App);
            Assert.Equal((503, false), (redeemed.Status, redeemed["success"].GetBoolean()));
            Assert.NotNull(redeemed.Headers.RetryAfter);
        }

        Answer? answer = null;
        await Eventually.HoldsAsync("the link can be redeemed", async () => (answer = await link.RedeemAsync(dashboard.App)).Status == 200);
        Assert.Equal(200, await account.RegisterAsync(_stack, answer!["password"].GetString()!));
    }
}
