using System.Net;
using Neolia.FunctionsHost;

namespace Neolia.Package.Tests.Requests;

/// <summary>Every function through the host, as clients on the internet reach it.</summary>
public sealed class ReachableTests(PackageFixture shared)
{
    // What each answers to a caller who brings nothing. A new function must be added.
    private static readonly Dictionary<string, HttpStatusCode> Answers = new()
    {
        ["enrol"] = HttpStatusCode.NotFound,
        ["health-live"] = HttpStatusCode.OK,
        ["health-ready"] = HttpStatusCode.OK,
        ["kamailio-sync"] = HttpStatusCode.Unauthorized,
        ["sip-account-credentials"] = HttpStatusCode.Unauthorized,
        ["sip-account-enrolments"] = HttpStatusCode.Unauthorized,
        ["webhooks-supabase"] = HttpStatusCode.Unauthorized,
    };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_HTTP_function_answers()
    {
        using var client = new HttpClient { BaseAddress = shared.Host.Url };
        var functions = shared.Package.Functions.OfType<HostedFunction.Http>().ToList();
        Assert.Equal(Answers.Keys.Order(StringComparer.Ordinal), functions.Select(f => f.Name).Order(StringComparer.Ordinal));

        foreach (var function in functions)
            foreach (var method in function.Methods)
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), "/" + function.Route.TemplateText!.Replace("{id}", Guid.NewGuid().ToString(), StringComparison.Ordinal));
                using var answer = await client.SendAsync(request, Cancelled);
                Assert.True(Answers[function.Name] == answer.StatusCode, $"{function.Name}: {answer.StatusCode}");
            }
    }

    [Fact]
    public async Task The_dashboards_main_job_works_through_the_host_and_the_pooler()
    {
        using var user = await DashboardUser.SignInAsync(shared);
        var account = await user.AddAccountAsync(await user.AddFlatAsync());
        var name = account["username"]!.GetValue<string>();

        // No timer runs here: it is the doorbell, through the host, that brings it.
        await Eventually.HoldsAsync("the account is a subscriber", async () => await CountSubscribersAsync(name) == 1);
        var (created, credentials) = await user.SyncAsync("create_account", account["id"]);
        var (checkedStatus, status) = await user.SyncAsync("check_status");
        var (all, _) = await user.SyncAsync("sync_all");
        var (deleted, deletion) = await user.SyncAsync("delete_account", account["id"]);

        Assert.All([created, checkedStatus, all, deleted], code => Assert.Equal(HttpStatusCode.OK, code));
        Assert.NotEmpty(credentials["credentials"]!["password"]!.GetValue<string>());
        Assert.True(status["connected"]!.GetValue<bool>());
        Assert.Equal(1, deletion["accounts_deleted"]!.GetValue<int>());
        Assert.Equal(0, await CountSubscribersAsync(name));
    }

    [Fact]
    public async Task Browsers_of_an_allowed_origin_are_let_in_by_the_host()
    {
        using var client = new HttpClient { BaseAddress = shared.Host.Url };
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/api/kamailio-sync");
        preflight.Headers.Add("Origin", PackageFixture.AllowedOrigin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "apikey,authorization,content-type,x-client-info");
        using var refusal = new HttpRequestMessage(HttpMethod.Post, "/api/kamailio-sync");
        refusal.Headers.Add("Origin", PackageFixture.AllowedOrigin);

        using var granted = await client.SendAsync(preflight, Cancelled);
        using var refused = await client.SendAsync(refusal, Cancelled);

        Assert.Equal(PackageFixture.AllowedOrigin, Assert.Single(granted.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal("apikey,authorization,content-type,x-client-info", Assert.Single(granted.Headers.GetValues("Access-Control-Allow-Headers")));

        // The host says it once: a second one from the program, and browsers refuse the answer.
        Assert.Equal(PackageFixture.AllowedOrigin, Assert.Single(refused.Headers.GetValues("Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task Function_keys_and_tokens_stay_out_of_the_log()
    {
        using var client = new HttpClient { BaseAddress = shared.Host.Url };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/kamailio-sync?code={shared.Host.FunctionKey}");
        request.Headers.Add("x-functions-key", shared.Host.FunctionKey);
        request.Headers.Add("Authorization", $"Bearer {shared.Host.FunctionKey}");

        using var answer = await client.SendAsync(request, Cancelled);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.DoesNotContain(shared.Host.FunctionKey, await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        Assert.DoesNotContain(shared.Host.FunctionKey, shared.Host.HandlerLog, StringComparison.Ordinal);
    }

    private Task<long> CountSubscribersAsync(string name) =>
        shared.Stack.ReadKamailioAsync<long>("select count(*) from subscriber where username = @p0", name);
}
