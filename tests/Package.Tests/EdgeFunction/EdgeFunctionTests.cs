using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Neolia.LocalStack;
using Neolia.LocalStack.Supabase;
using Neolia.LocalStack.Supervision;
using Neolia.Package.Tests.Requests;

namespace Neolia.Package.Tests.EdgeFunction;

/// <summary>supabase/functions/kamailio-sync: what the dashboard calls at Supabase, and what becomes of it.</summary>
public sealed class EdgeFunctionTests(PackageFixture shared)
{
    private const string Function = "kamailio-sync";
    private static readonly string Token = Secrets.NewPassword();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_unmodified_client_library_reaches_the_function_app_from_a_browser()
    {
        await using var deno = await StartAsync(shared.Host.Url);
        using var user = await DashboardUser.SignInAsync(shared);
        var account = await user.AddAccountAsync(await user.AddFlatAsync());

        var result = await NodeScript.RunAsync(Path.Combine(Repository.Root, "tests", "Package.Tests", "EdgeFunction", "invoke.mjs"), new Dictionary<string, string>
        {
            ["SUPABASE_URL"] = deno.Url.AbsoluteUri,
            ["SUPABASE_KEY"] = shared.Stack.Lite!.Keys.Publishable,
            ["TOKEN"] = user.Client.AccessToken!,
            ["ACCOUNT"] = account["id"]!.GetValue<string>(),
        });

        Assert.Equal(["apikey", "authorization", "content-type", "x-client-info"], result.GetProperty("asked").EnumerateArray().Select(name => name.GetString()));
        Assert.True(result.GetProperty("status").GetProperty("data").GetProperty("connected").GetBoolean());
        Assert.NotEmpty(result.GetProperty("created").GetProperty("data").GetProperty("credentials").GetProperty("password").GetString()!);

        var refused = result.GetProperty("refused").GetProperty("error");
        Assert.Equal(("FunctionsHttpError", 400), (refused.GetProperty("name").GetString(), refused.GetProperty("status").GetInt32()));
        Assert.Contains("'action' is unknown", refused.GetProperty("body").GetProperty("details")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(401, result.GetProperty("stranger").GetProperty("error").GetProperty("status").GetInt32());
        Assert.DoesNotContain(user.Client.AccessToken!, deno.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("neolia.azurewebsites.net")]
    [InlineData("http://neolia.azurewebsites.net")]
    [InlineData("file:///etc/passwd")]
    public async Task Without_a_usable_address_it_says_which_secret_to_set(string? address)
    {
        await using var deno = await EdgeFunctionServer.StartAsync(
            Function, address is null ? new Dictionary<string, string>() : new() { ["NEOLIA_FUNCTIONS_URL"] = address }, Cancelled);

        await RefusesAsync(deno, HttpStatusCode.ServiceUnavailable, "supabase secrets set NEOLIA_FUNCTIONS_URL=");
        Assert.Contains("NEOLIA_FUNCTIONS_URL", deno.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_can_not_be_reached_is_503_with_a_time_to_come_back()
    {
        using var nobody = LoopbackPort.Claim();
        await using var deno = await StartAsync(new Uri($"http://127.0.0.1:{nobody.Number}"));

        var answer = await RefusesAsync(deno, HttpStatusCode.ServiceUnavailable, "can't be reached");
        Assert.NotNull(answer.RetryAfter);
    }

    [Fact]
    public async Task An_app_that_never_answers_is_504_in_time()
    {
        await using var silent = await Backend.StartAsync(_ => Task.Delay(Timeout.Infinite, Cancelled));
        await using var deno = await StartAsync(silent.Url, timeoutMilliseconds: "300");

        var answer = await RefusesAsync(deno, HttpStatusCode.GatewayTimeout, "did not answer in time");
        Assert.NotNull(answer.RetryAfter);
    }

    [Fact]
    public async Task A_token_follows_no_redirect()
    {
        var asked = 0;
        await using var thief = await Backend.StartAsync(_ =>
        {
            Interlocked.Increment(ref asked);
            return Task.CompletedTask;
        });
        await using var app = await Backend.StartAsync(context =>
        {
            context.Response.Redirect(thief.Url.AbsoluteUri);
            return Task.CompletedTask;
        });
        await using var deno = await StartAsync(app.Url);

        using var answer = await PostAsync(deno, "{}");

        Assert.Equal((HttpStatusCode.Redirect, 0), (answer.StatusCode, asked));
        Assert.Null(answer.Headers.Location);
    }

    [Fact]
    public async Task Status_body_and_time_to_come_back_are_handed_on_and_headers_of_the_caller_are_not()
    {
        var seen = new List<string>();
        string? language = null;
        await using var app = await Backend.StartAsync(async context =>
        {
            seen.AddRange(context.Request.Headers.Select(header => header.Key.ToLowerInvariant()));
            language = context.Request.Headers.AcceptLanguage;
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = "7";
            context.Response.Headers["x-internal"] = "no";
            await context.Response.BodyWriter.WriteAsync("""{"success":false,"error":"é"}"""u8.ToArray(), Cancelled);
        });
        await using var deno = await StartAsync(app.Url);

        using var answer = await PostAsync(deno, """{"action":"check_status"}""", "fr-FR,fr;q=0.9");

        Assert.Equal("fr-FR,fr;q=0.9", language);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "7"), (answer.StatusCode, answer.Headers.RetryAfter?.ToString()));
        Assert.Equal("""{"success":false,"error":"é"}""", await answer.Content.ReadAsStringAsync(Cancelled));
        Assert.False(answer.Headers.Contains("x-internal"));
        Assert.Contains("authorization", seen);
        Assert.DoesNotContain("cookie", seen);
    }

    [Fact]
    public async Task What_is_no_call_is_refused_before_the_app_is_asked()
    {
        await using var deno = await StartAsync(new Uri("http://127.0.0.1:1"));
        using var client = new HttpClient { BaseAddress = deno.Url };

        using var get = await client.GetAsync("/functions/v1/kamailio-sync", Cancelled);
        using var large = await PostAsync(deno, new string('x', 70_000), "fr");

        Assert.Equal((HttpStatusCode.MethodNotAllowed, HttpStatusCode.RequestEntityTooLarge), (get.StatusCode, large.StatusCode));
        Assert.Contains("Le corps de la requête", await large.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("lint")]
    [InlineData("fmt", "--check")]
    public async Task It_passes_Denos_own_checks(params string[] command)
    {
        var folder = ServerCommand.NewFolder("deno");
        await SupervisedRun.RunAsync(
            new ServerCommand
            {
                Name = $"deno {command[0]}",
                Folder = folder,
                Command = [NodePackages.Deno, .. command, "index.ts"],
                WorkingDirectory = EdgeFunctionServer.FolderOf(Function),
                Environment = new Dictionary<string, string> { ["DENO_DIR"] = Path.Combine(folder, "cache"), ["DENO_NO_UPDATE_CHECK"] = "1", ["NO_COLOR"] = "1" },
            },
            prepare: null,
            Cancelled);
    }

    private static Task<EdgeFunctionServer> StartAsync(Uri app, string timeoutMilliseconds = "60000") => EdgeFunctionServer.StartAsync(
        Function,
        new Dictionary<string, string> { ["NEOLIA_FUNCTIONS_URL"] = app.AbsoluteUri, ["NEOLIA_FUNCTIONS_TIMEOUT_MS"] = timeoutMilliseconds },
        Cancelled);

    private static async Task<HttpResponseMessage> PostAsync(EdgeFunctionServer deno, string body, string acceptLanguage = "en")
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(deno.Url, "/functions/v1/kamailio-sync")) { Content = new StringContent(body) };
        request.Headers.Add("Authorization", $"Bearer {Token}");
        request.Headers.Add("Cookie", "session=1");
        request.Headers.TryAddWithoutValidation("Accept-Language", acceptLanguage);
        return await client.SendAsync(request, Cancelled);
    }

    /// <summary>In the contract's shape, readable by browsers, and without the token in the answer or the log.</summary>
    private static async Task<System.Net.Http.Headers.HttpResponseHeaders> RefusesAsync(EdgeFunctionServer deno, HttpStatusCode status, string sentence)
    {
        var answer = await PostAsync(deno, """{"action":"check_status"}""");
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled);

        Assert.Equal(status, answer.StatusCode);
        Assert.False(body.GetProperty("success").GetBoolean());
        Assert.Contains(sentence, body.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("*", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.DoesNotContain(Token, deno.Log + body, StringComparison.Ordinal);
        return answer.Headers;
    }
}
