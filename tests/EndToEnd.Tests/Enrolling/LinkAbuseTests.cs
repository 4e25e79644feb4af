using Neolia.EndToEnd.Tests.Http;
using Neolia.Functions.Credentials;
using Neolia.Functions.Subjects;
using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Enrolling;

/// <summary>Links in the hands of people who mean ill, and what is left behind of them.</summary>
public sealed class LinkAbuseTests(StackFixture shared)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task Who_tries_too_often_waits_and_nobody_else()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var link = await EnrolmentLink.MakeAsync(dashboard, await dashboard.AddAccountAsync());
        var attacker = link with { Address = EnrolmentLink.NewAddress() };

        // Others' links, whatever he invents: by his address.
        var answers = await Task.WhenAll(Enumerable.Range(0, 90).Select(i => attacker.RedeemAsync(dashboard.App, $"{Guid.NewGuid()}", $$"""{"secret":"{{i}}"}""")));
        Assert.InRange(answers.Count(a => a.Status == 404), 60, 85);
        var limited = answers.First(a => a.Status == 429);
        Assert.False(limited["success"].GetBoolean());
        Assert.NotNull(limited.Headers.RetryAfter);
        Assert.Equal((429, "text/html"), ((await attacker.ShowAsync(dashboard.App)) is var page ? page.Status : 0, page.ContentType!.MediaType));

        Assert.Equal(200, (await link.ShowAsync(dashboard.App)).Status);
        Assert.Equal(200, (await link.RedeemAsync(dashboard.App)).Status);
    }

    [Fact]
    public async Task A_link_that_is_tried_from_everywhere_is_limited_too()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var link = await EnrolmentLink.MakeAsync(dashboard, await dashboard.AddAccountAsync());

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ =>
            (link with { Address = EnrolmentLink.NewAddress() }).RedeemAsync(dashboard.App, $"{link.Id}", """{"secret":"guess"}""")));

        Assert.InRange(answers.Count(a => a.Status == 404), 20, 35);
        Assert.All(answers, answer => Assert.True(answer.Status is 404 or 429));
    }

    [Fact]
    public async Task What_a_browser_is_told_keeps_the_page_to_itself()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        await dashboard.UpdateAccountAsync(account, new { display_name = "<script>alert(1)</script>" });
        var link = await EnrolmentLink.MakeAsync(dashboard, account);

        foreach (var (page, tag) in new[] { (await link.ShowAsync(dashboard.App), "en"), (await link.ShowAsync(dashboard.App.Speaking("fr-FR,fr;q=0.9,en;q=0.8")), "fr") })
        {
            Assert.Equal((200, "text/html", tag), (page.Status, page.ContentType!.MediaType, page.Language));
            Assert.Contains($"<html lang=\"{tag}\">", page.Text, StringComparison.Ordinal);
            Assert.Contains("Les Tilleuls", page.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>alert", page.Text, StringComparison.Ordinal);
            Assert.Equal(
                ("no-store", "no-referrer", "noindex, nofollow", "nosniff"),
                (Header(page, "Cache-Control"), Header(page, "Referrer-Policy"), Header(page, "X-Robots-Tag"), Header(page, "X-Content-Type-Options")));
            Assert.StartsWith("default-src 'none'; script-src 'sha256-", Header(page, "Content-Security-Policy"), StringComparison.Ordinal);
            Assert.DoesNotContain(link.Secret, page.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task No_secret_of_a_link_is_left_in_a_log_or_in_a_table()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var link = await EnrolmentLink.MakeAsync(dashboard, account);
        await link.ShowAsync(dashboard.App);
        var misplaced = $"Misplaced-{Guid.NewGuid():N}";
        List<Answer> confused =
        [
            await link.ShowAsync(dashboard.App, misplaced),
            await link.RedeemAsync(dashboard.App, misplaced, "{}"),
            await link.RedeemAsync(dashboard.App, $"{link.Id}?secret={misplaced}", "{}"),
            await link.RedeemAsync(dashboard.App, $"{link.Id}", $$"""{"secret":"{{misplaced}}"}"""),
            await link.RedeemAsync(dashboard.App, $"{link.Id}", misplaced),
            await EnrolmentLink.TryMakeAsync(dashboard, misplaced),
            await EnrolmentLink.TryMakeAsync(dashboard, $"{account.Id}", new StringContent($$"""{"valid_minutes":"{{misplaced}}"}""")),
        ];
        Assert.All(confused, answer => Assert.DoesNotContain(misplaced, answer.Text, StringComparison.Ordinal));
        var redeemed = await link.RedeemAsync(dashboard.App);
        var password = redeemed["password"].GetString()!;
        Assert.Equal(200, await account.RegisterAsync(_stack, password));
        await dashboard.App.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/registrations"));

        foreach (var secret in (string[])[link.Secret, password, misplaced])
        {
            foreach (var server in _stack.Processes())
                Assert.False(server.Log.Contains(secret, StringComparison.Ordinal), $"{server.Name} has logged a secret");
            Assert.Empty(await _stack.FindInSupabaseAsync(secret));
            Assert.Empty(await _stack.FindInKamailioAsync(secret));
        }

        var digests = Digests.Of(new SipName(account.Username, account.Domain), password);
        Assert.Equal(["kamailio_sync.credentials"], await _stack.FindInSupabaseAsync(digests.Ha1));
    }

    private static string Header(Answer answer, string name) => string.Join(',', answer.Headers.GetValues(name));
}
