using System.Diagnostics;
using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Enrolling;

/// <summary>Whatever a link died of, and whatever is wrong with what is sent: nobody learns which.</summary>
public sealed class DeadLinkTests(StackFixture shared) : IAsyncLifetime
{
    // Each link is tried twice in a round, and 20 times without waiting.
    private const int Rounds = 9;

    private readonly Stack _stack = shared.Stack;
    private Dashboard _dashboard = null!;

    public async ValueTask InitializeAsync() => _dashboard = await Dashboard.SignInAsync(_stack);

    public ValueTask DisposeAsync()
    {
        _dashboard.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task All_dead_links_answer_the_same_and_in_the_same_time()
    {
        var attempts = await AttemptsAsync();
        var (redeeming, showing) = (new Dictionary<string, List<double>>(), new Dictionary<string, List<double>>());
        var (bodies, pages) = (new HashSet<string>(), new HashSet<string>());
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (name, link, id, body) in attempts)
            {
                var from = link with { Address = EnrolmentLink.NewAddress() };
                bodies.Add(await TimedAsync(redeeming, name, () => from.RedeemAsync(_dashboard.App, id, body)));
                if (name is not ("wrong secret" or "no secret" or "no json" or "too large"))
                    pages.Add(await TimedAsync(showing, name, () => from.ShowAsync(_dashboard.App, id)));
            }
        }

        Assert.Single(bodies);
        Assert.Single(pages);
        foreach (var times in new[] { redeeming, showing })
        {
            // The fastest of each: what slows others down comes from the machine.
            var fastest = times.ToDictionary(t => t.Key, t => t.Value.Min());
            Assert.True(
                fastest.Values.Max() - fastest.Values.Min() < Math.Max(3, fastest.Values.Min()),
                string.Join(", ", fastest.Select(f => $"{f.Key}: {f.Value:0.00} ms")));
        }
    }

    [Theory]
    [InlineData("disabled")]
    [InlineData("renamed")]
    [InlineData("moved")]
    [InlineData("deleted")]
    public async Task A_link_dies_with_what_its_account_was(string change)
    {
        var account = await _dashboard.AddAccountAsync();
        var link = await EnrolmentLink.MakeAsync(_dashboard, account);

        await ChangeAsync(account, change);

        Assert.Equal(404, (await link.RedeemAsync(_dashboard.App)).Status);
        Assert.Equal(404, (await link.ShowAsync(_dashboard.App)).Status);
        if (change == "disabled")
        {
            await _dashboard.UpdateAccountAsync(account, new { enabled = true });
            Assert.Equal(404, (await link.RedeemAsync(_dashboard.App)).Status);
        }
    }

    [Fact]
    public async Task A_new_display_name_leaves_a_link_alive()
    {
        var account = await _dashboard.AddAccountAsync();
        var link = await EnrolmentLink.MakeAsync(_dashboard, account);

        await _dashboard.UpdateAccountAsync(account, new { display_name = "Salon" });

        Assert.Equal("Salon", (await link.RedeemAsync(_dashboard.App))["displayName"].GetString());
    }

    private static async Task<string> TimedAsync(Dictionary<string, List<double>> times, string name, Func<Task<Answer>> ask)
    {
        var started = Stopwatch.GetTimestamp();
        var answer = await ask();
        times.TryAdd(name, []);
        times[name].Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        Assert.Equal(404, answer.Status);
        var headers = answer.Headers.Where(h => h.Key != "Date").OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key}: {string.Join(',', h.Value)}");
        return string.Join('\n', [.. headers, $"{answer.ContentType}", answer.Text]);
    }

    private async Task<List<(string Name, EnrolmentLink Link, string Id, string Body)>> AttemptsAsync()
    {
        var (used, expired) = (await LinkAsync(), await LinkAsync());
        Assert.Equal(200, (await used.RedeemAsync(_dashboard.App)).Status);
        await _stack.ReadSupabaseAsync<object?>("update sip_account_enrolments set expires_at = now() - interval '1 minute' where id = $1", expired.Id);
        var revoked = await LinkAsync();
        await _dashboard.UpdateAsync("sip_account_enrolments", revoked.Id, new { revoked_at = DateTimeOffset.UtcNow });
        var alive = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => LinkAsync()));
        var attempts = new List<(string, EnrolmentLink, string, string)>
        {
            ("used", used, $"{used.Id}", Body(used.Secret)),
            ("expired", expired, $"{expired.Id}", Body(expired.Secret)),
            ("revoked", revoked, $"{revoked.Id}", Body(revoked.Secret)),
            ("unknown", used, $"{Guid.NewGuid()}", Body(used.Secret)),
            ("malformed", used, "401", Body(used.Secret)),
            ("wrong secret", alive[0], $"{alive[0].Id}", Body(used.Secret)),
            ("no secret", alive[1], $"{alive[1].Id}", "{}"),
            ("no json", alive[2], $"{alive[2].Id}", "secret"),
            ("too large", alive[3], $"{alive[3].Id}", Body(new string('x', 70_000))),
        };
        foreach (var change in (string[])["disabled", "deleted"])
        {
            var account = await _dashboard.AddAccountAsync();
            var link = await EnrolmentLink.MakeAsync(_dashboard, account);
            await ChangeAsync(account, change);
            attempts.Add((change, link, $"{link.Id}", Body(link.Secret)));
        }

        return attempts;
    }

    private static string Body(string secret) => $$"""{"secret":"{{secret}}"}""";

    private async Task<EnrolmentLink> LinkAsync() => await EnrolmentLink.MakeAsync(_dashboard, await _dashboard.AddAccountAsync());

    private async Task ChangeAsync(SipAccount account, string change)
    {
        switch (change)
        {
            case "disabled":
                await _dashboard.UpdateAccountAsync(account, new { enabled = false });
                break;
            case "renamed":
                await _dashboard.UpdateAccountAsync(account, new { username = $"other-{Guid.NewGuid():N}" });
                break;
            case "moved":
                await _dashboard.UpdateAccountAsync(account, new { unit_id = await _dashboard.AddFlatAsync("402") });
                break;
            default:
                await _dashboard.DeleteAccountRowAsync(account);
                break;
        }
    }
}
