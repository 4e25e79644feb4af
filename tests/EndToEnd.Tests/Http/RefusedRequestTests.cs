using System.Text;
using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>Requests to kamailio-sync that have no effect, and what they are told.</summary>
public sealed class RefusedRequestTests(StackFixture shared)
{
    private const int MaxBytes = 64 * 1024;

    private readonly Stack _stack = shared.Stack;

    public static TheoryData<string, string> BadBodies => new()
    {
        { """{"action":"drop_all"}""", "'action' is unknown" },
        { """{"action":""}""", "'action' is unknown" },
        { """{"action":null}""", "'action' is missing" },
        { """{}""", "'action' is missing" },
        { """null""", "'action' is missing" },
        { "", "not a JSON object" },
        { """action=sync_all""", "not a JSON object" },
        { """{"action":"sync_all" """, "" },
        { """[{"action":"sync_all"}]""", "not a JSON object" },
        { "\"sync_all\"", "not a JSON object" },
        { """42""", "not a JSON object" },
        { """{"action":7}""", "'action'" },
        { """{"action":["sync_all"]}""", "'action'" },
        { """{"action":"create_account","account_id":{"id":1}}""", "'account_id'" },
        { """{"action":"create_account","account_id":12}""", "'account_id'" },
        { """{"action":"create_account","account_id":"7b0a6f3e-2f7e-4b8e-9d1c-1f2e3d4c5b6a","password":12345678901234}""", "'password'" },
        { """{"action":"create_account"}""", "'account_id' is missing" },
        { """{"action":"delete_account"}""", "'account_id' is missing" },
        { """{"action":"create_account","account_id":null}""", "'account_id' is missing" },
        { """{"action":"delete_account","account_id":"401"}""", "'account_id' is not a uuid" },
        { """{"action":"delete_account","account_id":""}""", "'account_id' is not a uuid" },
        { """{"action":"delete_account","account_id":"{7b0a6f3e-2f7e-4b8e-9d1c-1f2e3d4c5b6a}"}""", "'account_id' is not a uuid" },
        { """{"action":"create_account","account_id":"x' or '1'='1"}""", "'account_id' is not a uuid" },
        { """{"action":"\ud800"}""", "" },
        { """{"action":"check_status"} trailing""", "" },
    };

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task A_body_that_cannot_be_understood_is_answered_with_what_is_wrong(string body, string expected)
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);

        AssertBadRequest(await dashboard.App.SyncAsync(dashboard.Authorization, body), expected);
    }

    [Fact]
    public async Task A_body_that_is_nested_too_deep_or_is_no_text_at_all_is_a_bad_request()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var deep = string.Concat(Enumerable.Repeat("[", 30_000));

        AssertBadRequest(await dashboard.App.SyncAsync(dashboard.Authorization, deep), "");
        AssertBadRequest(await dashboard.App.SyncAsync(dashboard.Authorization, $$"""{"action":"check_status","more":{{deep}}"""), "");
        AssertBadRequest(await dashboard.App.SyncAsync(dashboard.Authorization, new ByteArrayContent([0xff, 0xfe, 0x00, 0xc3, 0x28])), "");
    }

    [Fact]
    public async Task What_the_body_says_is_never_repeated()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        const string marked = "marked-3f9c";

        foreach (var body in (string[])
            [
                $$"""{"action":"{{marked}}"}""",
                $$"""{"action":"create_account","account_id":"{{marked}}","password":"{{marked}}"}""",
                $$"""{"{{marked}}":[,"action":"sync_all"}""",
                $$"""{"action":"create_account","password":{"{{marked}}":"{{marked}}"},"account_id":"7b0a6f3e-2f7e-4b8e-9d1c-1f2e3d4c5b6a"}""",
            ])
        {
            var answer = await dashboard.App.SyncAsync(dashboard.Authorization, body);

            AssertBadRequest(answer, "");
            Assert.DoesNotContain(marked, answer.Text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(marked, _stack.App!.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_above_64_KiB_is_too_large_with_and_without_a_length(bool chunked)
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);

        var refused = await dashboard.App.SyncAsync(dashboard.Authorization, Body(MaxBytes + 1, chunked));
        var accepted = await dashboard.App.SyncAsync(dashboard.Authorization, Body(MaxBytes, chunked));

        Assert.Equal(413, refused.Status);
        Assert.False(refused["success"].GetBoolean());
        Assert.Contains("64 KiB", refused["error"].GetString(), StringComparison.Ordinal);
        Assert.Equal(200, accepted.Status);
    }

    [Fact]
    public async Task Other_methods_and_unknown_routes_are_refused_without_harm()
    {
        using var dashboard = await Dashboard.SignInAsync(_stack);
        var app = dashboard.App;

        Assert.Equal(405, (await app.GetAsync("/api/kamailio-sync")).Status);
        Assert.Equal(405, (await app.GetAsync("/api/webhooks/supabase")).Status);
        foreach (var path in (string[])["/api", "/api/nothing", "/api/kamailio-sync/extra", "/..%2f..%2fetc/passwd", "/api/health", "/admin", "/%00", "/drain/extra"])
            Assert.True((await app.GetAsync(path)).Status is 400 or 404, path);
        Assert.Equal(200, (await dashboard.CheckStatusAsync()).Status);
    }

    private static void AssertBadRequest(Answer answer, string expected)
    {
        Assert.Equal(400, answer.Status);
        Assert.Equal(["details:string[]", "error:string", "success:bool"], Answer.ShapeOf(answer.Json));
        Assert.False(answer["success"].GetBoolean());
        Assert.Contains(expected, Assert.Single(answer.Texts("details")), StringComparison.Ordinal);
    }

    private static HttpContent Body(int bytes, bool chunked)
    {
        const string start = """{"action":"check_status","username":" """;
        var body = Encoding.ASCII.GetBytes(start + new string('x', bytes - start.Length - 2) + "\"}");
        Assert.Equal(bytes, body.Length);
        return chunked ? new ChunkedContent(body) : new ByteArrayContent(body);
    }
}
