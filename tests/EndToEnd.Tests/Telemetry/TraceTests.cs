using System.Text;
using Neolia.EndToEnd.Tests.Enrolling;
using Neolia.EndToEnd.Tests.Http;
using Neolia.LocalStack;
using Neolia.LocalStack.Functions;

namespace Neolia.EndToEnd.Tests.Telemetry;

/// <summary>What the published program really sends to a collector.</summary>
public sealed class TraceTests(TelemetryRig rig) : IClassFixture<TelemetryRig>
{
    private const string CreateAccount = """
        with owner as (insert into auth.users (id) values (gen_random_uuid()) returning id),
          site as (insert into public.sites (name, user_id) select 'Les Tilleuls', id from owner returning id),
          building as (insert into public.buildings (site_id, name) select id, 'A' from site returning id),
          unit as (insert into public.units (building_id, number) select id, '401' from building returning id)
        insert into public.sip_accounts (unit_id, username, domain, type) select id, $1, $2, 'panel' from unit returning id
        """;

    private readonly Stack _stack = rig.Stack;

    [Fact]
    public async Task One_trace_leads_from_the_doorbell_to_the_commit_in_MySQL()
    {
        await CreateAccountAsync();

        // Of a doorbell that waited for its work to end: others of this class meet failures, and are told to wait.
        var trace = await TraceAsync(spans =>
            spans.Any(s => s.Name == "mysql.commit")
            && spans.Any(s => s.Name == "POST /api/webhooks/supabase" && s.Attributes["http.response.status_code"] == "200"));

        var doorbell = trace.Single(s => s.Parent.Length == 0);
        Assert.Equal(("POST /api/webhooks/supabase", 2), (doorbell.Name, doorbell.Kind));
        var commit = trace.First(s => s.Name == "mysql.commit");
        Assert.Equal(["mysql.commit", "drain.apply", "drain.turn", "POST /api/webhooks/supabase"], Ancestry(trace, commit).Select(s => s.Name));
        var turn = trace.Single(s => s.Id == trace.Single(apply => apply.Id == commit.Parent).Parent);
        Assert.Equal(
            ["drain.acknowledge", "drain.apply", "drain.claim", "drain.read"],
            trace.Where(s => s.Parent == turn.Id).Select(s => s.Name).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_callers_trace_goes_on_here()
    {
        using var app = new AppClient(_stack);
        var trace = Guid.NewGuid().ToString("N");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/registrations");
        request.Headers.TryAddWithoutValidation("traceparent", $"00-{trace}-00f067aa0ba902b7-00");

        await app.SendAsync(request);

        var spans = await TraceAsync(spans => spans.Any(s => s.Trace == trace && s.Name == "POST /registrations"));
        Assert.Equal("00f067aa0ba902b7", spans.Single(s => s.Name == "POST /registrations").Parent);
        Assert.Contains(spans, s => s.Name == "registrations");
    }

    [Fact]
    public async Task Looks_that_find_nothing_and_polls_leave_no_trace()
    {
        using var app = new AppClient(_stack);
        await app.GetAsync("/");
        await app.GetAsync("/api/health/live");
        await app.GetAsync("/api/nowhere");

        // What ends within a request is sent with it or before. Another test's change may be due at that moment.
        await Eventually.HoldsAsync("a drain that finds nothing is one span", async () =>
        {
            await app.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/drain"));
            return rig.Receiver.Spans.GroupBy(s => s.Trace).Any(t => t.Count() == 1 && t.Single().Name == "POST /drain");
        });
        Assert.DoesNotContain(rig.Receiver.Spans, s => s.Name.StartsWith("GET ", StringComparison.Ordinal) || s.Name.Contains("nowhere", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_metric_is_sent()
    {
        using var app = new AppClient(_stack);
        var account = await CreateAccountAsync();
        await CreateAccountAsync(domain: "elsewhere.example");
        await Eventually.HoldsAsync("the account is synced", async () =>
            await _stack.ReadSupabaseAsync<string>("select state from sip_account_sync where account_id = $1", account) == "synced");
        await _stack.ExecuteKamailioAsync("""
            insert into location (ruid, username, domain, contact, expires, last_modified, callid, cseq, user_agent)
            select uuid(), username, domain, 'sip:x@192.0.2.1', utc_timestamp() + interval 1 hour, utc_timestamp(), uuid(), 1, 'panel'
            from neolia_identity where account_id = @p0
            """, account.ToString());
        await _stack.ExecuteKamailioAsync("update subscriber s join neolia_identity i using (username, domain) set s.ha1b = md5('by hand') where i.account_id = @p0", account.ToString());
        foreach (var timer in (string[])["/registrations", "/reconcile", "/drain"])
            await app.SendAsync(new HttpRequestMessage(HttpMethod.Post, timer));
        await app.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/api/enrol/nobodys"));

        await SentAsync("neolia.queue.waiting", "{subject}", p => p.Value >= 0);
        await SentAsync("neolia.queue.oldest", "s", p => p.Value >= 0);
        await SentAsync("neolia.queue.failed", "{subject}", p => p.Value >= 1);
        await SentAsync("neolia.subjects", "{subject}", p => Is(p, "kind", "account") && Is(p, "outcome", "created") && p.Value >= 1);
        await SentAsync("neolia.failures", "{failure}", p => Is(p, "class", "refused") && Is(p, "code", "domain_not_served") && p.Value >= 1);
        await SentAsync("neolia.turn.duration", "s", p => p.Value >= 1);
        await SentAsync("neolia.drain.duration", "s", p => Is(p, "complete", "true") && p.Value >= 1);
        await SentAsync("neolia.lag", "s", p => Is(p, "kind", "account") && p.Value >= 1);
        await SentAsync("neolia.drift", "{subject}", p => Is(p, "kind", "account") && Is(p, "difference", "different") && p.Value >= 1);
        await SentAsync("neolia.enrolments", "{link}", p => Is(p, "outcome", "refused") && p.Value >= 1);
        await SentAsync("neolia.registrations", "{account}", p => p.Value >= 1);
        await SentAsync("neolia.registrations.changed", "{account}", p => p.Value >= 1);
        await SentAsync("neolia.registrations.duration", "s", p => Is(p, "outcome", "brought") && p.Value >= 1);
    }

    [Fact]
    public async Task No_secret_and_nothing_personal_is_sent()
    {
        using var app = new AppClient(_stack);
        var name = $"hall-{Guid.NewGuid():N}"[..20];
        var account = await CreateAccountAsync(name);
        var owner = await _stack.ReadSupabaseAsync<Guid>("select s.user_id from sites s join buildings b on b.site_id = s.id join units u on u.building_id = b.id join sip_accounts a on a.unit_id = u.id where a.id = $1", account);
        var claims = UserToken.Claims();
        claims["sub"] = owner;
        var token = UserToken.Sign(claims, _stack.JwtSecret);
        var password = $"Marked-{Guid.NewGuid():N}";
        var answer = await app.SyncAsync($"Bearer {token}", new { action = "create_account", account_id = account, password });
        Assert.True(answer.Json.GetProperty("success").GetBoolean(), answer.Text);
        await app.SyncAsync($"Bearer {password}", $$"""{"action":"{{password}}"}""");
        await app.GetAsync($"/api/health/ready?code={password}");
        var (link, redeemed) = await EnrolAsync(app, account, token);
        await TraceAsync(spans => spans.Any(s => s.Name == "POST /api/kamailio-sync" && s.Attributes["http.response.status_code"] == "401"));
        await SentAsync("neolia.lag", "s", p => p.Value >= 1);

        var digests = await _stack.ReadSupabaseAsync<string>("select ha1 || '|' || ha1b from kamailio_sync.credentials where account_id = $1", account);
        var secrets = _stack.AppSettings.Where(s => s.Key.Contains("Password", StringComparison.Ordinal) || s.Key.Contains("Secret", StringComparison.Ordinal) || s.Key.Contains("ConnectionString", StringComparison.Ordinal)).Select(s => s.Value);
        foreach (var secret in (string[])[password, token, link.Id.ToString(), link.Secret, redeemed, name, account.ToString(), owner.ToString(), "127.0.0.1", "select ", "insert ", .. digests.Split('|'), .. secrets])
            Assert.All(rig.Receiver.Bodies, body => Assert.DoesNotContain(secret, Encoding.Latin1.GetString(body), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Application_Insights_takes_them_from_the_apps_identity()
    {
        await using var insights = await InsightsServer.StartAsync();
        var settings = new Dictionary<string, string>(_stack.AppSettings);
        settings.Remove("OTEL_EXPORTER_OTLP_ENDPOINT");
        foreach (var (setting, value) in insights.AppSettings)
            settings[setting] = value;
        await using var app = await FunctionApp.StartAsync(new FunctionAppOptions { Settings = settings }, TestContext.Current.CancellationToken);
        using var client = new AppClient(_stack, app);

        await Eventually.HoldsAsync("a request arrived", async () =>
        {
            await client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/registrations"));
            return insights.Items.Any(item => item.Type == "RequestData");
        });
        await app.Process.StopAsync("TERM", TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Contains(insights.Items, item => item.Type == "RequestData" && item.Data.Contains("POST /registrations", StringComparison.Ordinal));
        Assert.Contains(insights.Items, item => item.Type == "RemoteDependencyData" && item.Data.Contains("\"registrations\"", StringComparison.Ordinal));
        Assert.Contains(insights.Items, item => item.Type == "MetricData" && item.Data.Contains("neolia.registrations.duration", StringComparison.Ordinal));
        Assert.DoesNotContain("2202", app.Log, StringComparison.Ordinal);
    }

    /// <summary>A link and the password that it gave.</summary>
    private static async Task<(EnrolmentLink Link, string Password)> EnrolAsync(AppClient app, Guid account, string token)
    {
        var making = new HttpRequestMessage(HttpMethod.Post, $"/api/sip-accounts/{account}/enrolments");
        making.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        var link = EnrolmentLink.Of(await app.SendAsync(making));
        await link.ShowAsync(app);
        return (link, (await link.RedeemAsync(app))["password"].GetString()!);
    }

    private Task<Guid> CreateAccountAsync(string? username = null, string domain = "sip.neolia.app") =>
        _stack.ReadSupabaseAsync<Guid>(CreateAccount, username ?? $"p{Guid.NewGuid():N}", domain);

    /// <summary>Waits for a trace whose spans are so, and gives it.</summary>
    private async Task<IReadOnlyList<OtlpSpan>> TraceAsync(Func<IReadOnlyList<OtlpSpan>, bool> isIt)
    {
        IReadOnlyList<OtlpSpan>? found = null;
        await Eventually.HoldsAsync("the trace arrives", () =>
        {
            found = rig.Receiver.Spans.GroupBy(s => s.Trace).Select(t => t.ToList()).FirstOrDefault(isIt);
            return Task.FromResult(found is not null);
        });
        return found!;
    }

    private Task SentAsync(string metric, string unit, Func<OtlpPoint, bool> isIt) =>
        Eventually.HoldsAsync($"{metric} arrives", () => Task.FromResult(rig.Receiver.Points.Any(p => p.Metric == metric && p.Unit == unit && isIt(p))));

    private static bool Is(OtlpPoint point, string attribute, string value) => point.Attributes.GetValueOrDefault($"neolia.{attribute}") == value;

    private static IEnumerable<OtlpSpan> Ancestry(IReadOnlyList<OtlpSpan> trace, OtlpSpan span)
    {
        for (var one = span; one is not null; one = trace.SingleOrDefault(s => s.Id == one.Parent))
            yield return one;
    }
}
