using System.Text;
using System.Text.Json;
using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Http;

public sealed class TimerTests(StackFixture shared)
{
    // As the Functions host sends it.
    private const string Invocation = """
        {"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{"sys":{"MethodName":"drain","UtcNow":"2026-11-22T10:00:00Z","RandGuid":"6f9619ff-8b86-d011-b42d-00cf4fc964ff"}}}
        """;

    private readonly Stack _stack = shared.Stack;

    [Theory]
    [InlineData("/drain")]
    [InlineData("/registrations")]
    public async Task The_hosts_invocation_is_answered_with_a_JSON_object(string path)
    {
        using var app = new AppClient(_stack);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ChunkedContent(Encoding.UTF8.GetBytes(Invocation)) };
        request.Content.Headers.ContentType = new("application/json");

        var answer = await app.SendAsync(request);

        Assert.Equal(200, answer.Status);
        Assert.Equal("application/json", answer.ContentType?.MediaType);
        Assert.Equal(JsonValueKind.Object, answer.Json.ValueKind);
        Assert.Equal(["Logs", "Outputs", "ReturnValue"], answer.Json.EnumerateObject().Select(f => f.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_hosts_readiness_poll_is_answered()
    {
        using var app = new AppClient(_stack);

        Assert.Equal(200, (await app.GetAsync("/")).Status);
    }
}
