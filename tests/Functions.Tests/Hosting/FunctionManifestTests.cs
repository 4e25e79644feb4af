using Microsoft.AspNetCore.Routing;
using Neolia.Functions.Draining;
using Neolia.Functions.Reconciling;
using Neolia.Functions.Registrations;

namespace Neolia.Functions.Tests.Hosting;

/// <summary>The function.json files are what the Functions host knows of the program; both must tell the same.</summary>
public sealed class FunctionManifestTests
{
    [Fact]
    public async Task Functions_and_routes_of_the_program_are_the_same()
    {
        await using var app = ServerRig.Build(ServerRig.Settings());
        var served = from endpoint in ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).Cast<RouteEndpoint>()
                     from method in endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods
                     select $"{method} {endpoint.RoutePattern.RawText}";

        // The root is the host's own readiness poll.
        Assert.Equal(FunctionTree.Requests.Append("GET /").Order(StringComparer.Ordinal), served.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_HTTP_function_has_one_trigger_and_one_output_as_proxying_demands()
    {
        foreach (var (_, trigger, bindings) in FunctionTree.Functions.Where(f => f.Trigger.Text("type") == "httpTrigger"))
        {
            Assert.Equal(["http out", "httpTrigger in"], bindings.Select(b => $"{b.Text("type")} {b.Text("direction")}").Order(StringComparer.Ordinal));

            // Users' tokens and signatures are verified by the program; a key would have to stand in the browser.
            Assert.Equal("anonymous", trigger.Text("authLevel"));
        }
    }

    public static TheoryData<string, TimeSpan> OwnPeriods => new()
    {
        { "drain", new DrainOptions().Interval },
        { "registrations", new RegistrationOptions().Interval },
    };

    [Theory]
    [MemberData(nameof(OwnPeriods))]
    public void A_timer_runs_on_Azure_as_often_as_the_program_does_it_by_itself(string function, TimeSpan period)
    {
        var timer = Assert.Single(FunctionTree.Functions, f => f.Name == function).Trigger;

        Assert.Equal($"*/{period.TotalSeconds} * * * * *", timer.Text("schedule"));

        // Without the monitor, which would write to the storage account at each run.
        Assert.False(timer.GetProperty("useMonitor").GetBoolean());
    }

    [Fact]
    public void Reconcile_runs_by_the_hour_on_Azure_too()
    {
        Assert.Equal(TimeSpan.FromHours(1), new ReconcileOptions().Interval);
        Assert.EndsWith(" * * * *", Assert.Single(FunctionTree.Functions, f => f.Name == "reconcile").Trigger.Text("schedule"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_schedule_has_six_fields_seconds_first() =>
        Assert.All(FunctionTree.Functions.Where(f => f.Trigger.Text("type") == "timerTrigger"), f => Assert.Equal(6, f.Trigger.Text("schedule").Split(' ').Length));

    [Fact]
    public void The_host_is_told_the_binary_itself_and_to_proxy()
    {
        var handler = FunctionTree.Host.GetProperty("customHandler");

        Assert.Equal("Neolia.Functions", handler.GetProperty("description").Text("defaultExecutablePath"));
        Assert.True(handler.GetProperty("enableProxyingHttpRequest").GetBoolean());
        Assert.Equal("api", FunctionTree.Host.GetProperty("extensions").GetProperty("http").Text("routePrefix"));

        // Throws in the host as soon as there is one function.json.
        Assert.False(handler.TryGetProperty("http", out _));
    }

    [Fact]
    public void A_request_may_not_outlast_what_the_platform_gives_it()
    {
        var timeout = TimeSpan.Parse(FunctionTree.Host.Text("functionTimeout"), System.Globalization.CultureInfo.InvariantCulture);

        Assert.True(new DrainOptions().RequestBudget < timeout / 2, $"the budget must be well below {timeout}");
    }
}
