using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Enrolling;

/// <summary>A device gets its credentials by a link, against real servers.</summary>
public sealed class RedeemingTests(StackFixture shared)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task A_device_that_redeems_a_link_registers_with_what_it_got()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        await dashboard.UpdateAccountAsync(account, new { display_name = "Entrée" });
        var link = await EnrolmentLink.MakeAsync(dashboard, account);

        Assert.Equal(["expires_at:string", "id:string", "qr_svg:string", "url:string"], Answer.ShapeOf(link.Made.Json));
        Assert.Equal($"http://localhost:{_stack.App!.Url.Port}/api/enrol/{link.Id}#{link.Secret}", link.Made["url"].GetString());
        Assert.Equal("no-store", link.Made.Headers.CacheControl!.ToString());

        // A preview, a scanner and the person: looking changes nothing.
        for (var i = 0; i < 3; i++)
            Assert.Equal(200, (await link.ShowAsync(dashboard.App)).Status);
        var redeemed = await link.RedeemAsync(dashboard.App);

        Assert.Equal(200, redeemed.Status);
        Assert.Equal(["displayName:string", "password:string", "uri:string", "warnings:string[]", "wsServers:string"], Answer.ShapeOf(redeemed.Json));
        Assert.Empty(redeemed.Texts("warnings"));
        Assert.Equal(
            ($"sip:{account.Username}@{account.Domain}", "wss://sip.neolia.app:8443", "Entrée"),
            (redeemed["uri"].GetString(), redeemed["wsServers"].GetString(), redeemed["displayName"].GetString()));
        Assert.Equal("no-store", redeemed.Headers.CacheControl!.ToString());
        Assert.Equal(200, await account.RegisterAsync(_stack, redeemed["password"].GetString()!));

        var again = await link.RedeemAsync(dashboard.App);
        Assert.Equal(404, again.Status);
        Assert.False(again["success"].GetBoolean());
        Assert.Equal(404, (await link.ShowAsync(dashboard.App)).Status);
    }

    [Fact]
    public async Task Redeeming_cuts_off_the_device_that_was_there_before()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var before = await dashboard.IssueAsync(account);
        Assert.Equal(200, await account.RegisterAsync(_stack, before));
        var link = await EnrolmentLink.MakeAsync(dashboard, account);
        Assert.Equal(200, await account.RegisterAsync(_stack, before));

        var password = (await link.RedeemAsync(dashboard.App))["password"].GetString()!;

        Assert.Equal(0, await account.CountContactsAsync(_stack));
        Assert.Equal(401, await account.RegisterAsync(_stack, before));
        Assert.Equal(200, await account.RegisterAsync(_stack, password));
    }

    [Fact]
    public async Task Of_many_devices_that_redeem_at_the_same_moment_one_wins()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var link = await EnrolmentLink.MakeAsync(dashboard, account);

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ =>
            (link with { Address = EnrolmentLink.NewAddress() }).RedeemAsync(dashboard.App)));

        var won = Assert.Single(answers, answer => answer.Status == 200);
        Assert.Equal(11, answers.Count(answer => answer.Status == 404));
        Assert.Equal(200, await account.RegisterAsync(_stack, won["password"].GetString()!));
    }

    [Fact]
    public async Task The_newest_link_of_an_account_is_the_only_one()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var links = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => EnrolmentLink.MakeAsync(dashboard, account)));
        var newest = await EnrolmentLink.MakeAsync(dashboard, account);

        Assert.All(await Task.WhenAll(links.Select(link => link.RedeemAsync(dashboard.App))), answer => Assert.Equal(404, answer.Status));
        Assert.Equal(200, (await newest.RedeemAsync(dashboard.App)).Status);
    }

    [Fact]
    public async Task A_link_works_for_as_long_as_it_was_made_for()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var link = await EnrolmentLink.MakeAsync(dashboard, account, minutes: 5);
        Assert.InRange(link.Made["expires_at"].GetDateTimeOffset() - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5.5));

        await _stack.ReadSupabaseAsync<object?>(
            "update sip_account_enrolments set created_at = created_at - interval '5 minutes', expires_at = expires_at - interval '5 minutes' where id = $1", link.Id);

        Assert.Equal(404, (await link.ShowAsync(dashboard.App)).Status);
        Assert.Equal(404, (await link.RedeemAsync(dashboard.App)).Status);
    }
}
