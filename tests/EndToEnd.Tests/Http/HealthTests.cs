using Neolia.EndToEnd.Tests.TakingOver;
using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Http;

public sealed class HealthTests(StackFixture shared)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task Live_says_that_the_process_answers()
    {
        using var app = new AppClient(_stack);

        var answer = await app.GetAsync("/api/health/live");

        Assert.Equal((200, "live"), (answer.Status, answer["status"].GetString()));
        Assert.Equal((await Verb.RunAsync(_stack.AppSettings, "--version")).Output.Trim(), answer["build"].GetString());
    }

    [Fact]
    public async Task Ready_says_that_both_databases_answer()
    {
        using var app = new AppClient(_stack);

        var answer = await app.GetAsync("/api/health/ready");

        Assert.Equal(200, answer.Status);
        Assert.Equal(["kamailio:string", "ready:bool", "secrets:string", "supabase:string"], Answer.ShapeOf(answer.Json));
        Assert.Equal((true, "reachable", "reachable"), (answer["ready"].GetBoolean(), answer["supabase"].GetString(), answer["kamailio"].GetString()));
    }
}
