using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Enrolling;

/// <summary><c>POST /api/sip-accounts/{id}/enrolments</c>, and what users read and change of links in Supabase.</summary>
public sealed class MakingTests(StackFixture shared)
{
    private readonly Stack _stack = shared.Stack;

    [Theory]
    [InlineData("""{"valid_minutes":4}""")]
    [InlineData("""{"valid_minutes":10081}""")]
    [InlineData("""{"valid_minutes":1e99}""")]
    [InlineData("""{"valid_minutes":"1440"}""")]
    [InlineData("""{"valid_minutes":60.5}""")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task A_body_that_is_not_understood_makes_no_link(string body)
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();

        var answer = await EnrolmentLink.TryMakeAsync(dashboard, account.Id.ToString(), new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(400, answer.Status);
        Assert.NotEmpty(answer["error"].GetString()!);
        Assert.Equal(0, (await ListAsync(dashboard, account)).GetArrayLength());
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10_080)]
    [InlineData(null)]
    public async Task Five_minutes_to_seven_days_are_taken_and_a_day_without_saying(int? minutes)
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();

        var link = await EnrolmentLink.MakeAsync(dashboard, account, minutes);

        var row = (await ListAsync(dashboard, account))[0];
        Assert.Equal(TimeSpan.FromMinutes(minutes ?? 1440), TimeOf(row, "expires_at") - TimeOf(row, "created_at"));
        Assert.Equal(link.Id, row.GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task Links_are_made_for_signed_in_users_and_their_own_accounts()
    {
        using var owner = await Dashboard.SignInAsync(_stack);
        using var stranger = await Dashboard.SignInAsync(_stack);
        var account = await owner.AddAccountAsync();
        var link = await EnrolmentLink.MakeAsync(owner, account);

        Assert.Equal(401, (await EnrolmentLink.TryMakeAsync(owner, account.Id.ToString(), authorization: "Bearer nobody")).Status);
        Assert.Equal(404, (await EnrolmentLink.TryMakeAsync(stranger, account.Id.ToString())).Status);
        Assert.Equal(404, (await EnrolmentLink.TryMakeAsync(owner, Guid.NewGuid().ToString())).Status);
        Assert.Equal(400, (await EnrolmentLink.TryMakeAsync(owner, "panel401")).Status);
        Assert.Equal(0, (await ListAsync(stranger, account)).GetArrayLength());
        await stranger.UpdateAsync("sip_account_enrolments", link.Id, new { revoked_at = DateTimeOffset.UtcNow });

        Assert.Equal(200, (await link.RedeemAsync(owner.App)).Status);
    }

    [Fact]
    public async Task A_disabled_account_gets_no_link()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        await dashboard.UpdateAccountAsync(account, new { enabled = false });

        var answer = await EnrolmentLink.TryMakeAsync(dashboard, account.Id.ToString());

        Assert.Equal(409, answer.Status);
        Assert.Contains("disabled", answer["error"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_reads_all_but_what_opens_a_link_and_revokes_it_for_good()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        var link = await EnrolmentLink.MakeAsync(dashboard, account);

        var row = (await ListAsync(dashboard, account))[0];
        Assert.Equal(
            ["created_at", "created_by", "expires_at", "id", "redeemed_at", "revoked_at", "sip_account_id"],
            row.EnumerateObject().Select(column => column.Name).Order(StringComparer.Ordinal));
        await dashboard.UpdateAsync("sip_account_enrolments", link.Id, new { revoked_at = "2000-01-01T00:00:00Z" });
        var revoked = TimeOf((await ListAsync(dashboard, account))[0], "revoked_at");
        Assert.InRange(revoked, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        await dashboard.UpdateAsync("sip_account_enrolments", link.Id, new { revoked_at = (DateTimeOffset?)null });

        Assert.Equal(revoked, TimeOf((await ListAsync(dashboard, account))[0], "revoked_at"));
        Assert.Equal(404, (await link.RedeemAsync(dashboard.App)).Status);
    }

    [Fact]
    public async Task The_address_does_not_follow_what_a_request_calls_the_host()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var account = await dashboard.AddAccountAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/sip-accounts/{account.Id}/enrolments") { Content = JsonContent.Create(new { }) };
        request.Headers.TryAddWithoutValidation("Authorization", dashboard.Authorization);
        request.Headers.Host = "evil.example";
        request.Headers.Add("X-Forwarded-Host", "evil.example");

        var answer = await dashboard.App.SendAsync(request);

        Assert.Equal(201, answer.Status);
        Assert.DoesNotContain("evil", answer.Text, StringComparison.Ordinal);
    }

    private static DateTimeOffset TimeOf(JsonElement row, string column) => DateTimeOffset.Parse(row.GetProperty(column).GetString()!, CultureInfo.InvariantCulture);

    private static Task<JsonElement> ListAsync(Dashboard dashboard, SipAccount account) =>
        dashboard.SelectAsync("sip_account_enrolments", $"select=*&sip_account_id=eq.{account.Id}");
}
