using System.Globalization;
using System.Net.Sockets;
using Neolia.LocalStack;
using Neolia.LocalStack.Functions;
using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>What the program needs to start, where it listens, and how it ends.</summary>
public sealed class StartTests(StackFixture shared)
{
    private const string Unset = "(unset)";

    private readonly Stack _stack = shared.Stack;

    [Theory]
    [InlineData("Supabase__ConnectionString", Unset)]
    [InlineData("Supabase__ConnectionString", "no connection string")]
    [InlineData("Supabase__ConnectionString", "Host=127.0.0.1;Port=many")]
    [InlineData("Supabase__ConnectionString", "Host=127.0.0.1;Password=inside")]
    [InlineData("Supabase__Password", Unset)]
    [InlineData("Supabase__JwtSecret", Unset)]
    [InlineData("Supabase__JwtIssuer", "not a url")]
    [InlineData("Kamailio__ConnectionString", Unset)]
    [InlineData("Kamailio__ConnectionString", "Server=sip.example.com;Database=kamailio;User ID=neolia_functions")]
    [InlineData("Kamailio__ConnectionString", "Server=127.0.0.1;Database=kamailio;Password=inside")]
    [InlineData("Kamailio__Password", Unset)]
    [InlineData("Kamailio__Domains", ",")]
    [InlineData("Kamailio__Domains", "SIP.neolia.app")]
    [InlineData("Kamailio__SipAddress", "127.0.0.1:sip")]
    [InlineData("Webhook__Secret", "no secret")]
    [InlineData("Webhook__Secret", "whsec_c2hvcnQ=")]
    [InlineData("Drain__BatchSize", "1000")]
    [InlineData("Drain__BatchSize", "many")]
    [InlineData("Drain__Lease", "00:00:00")]
    [InlineData("Drain__Interval", "15 seconds")]
    [InlineData("Drain__WebhookBudget", "01:00:00")]
    [InlineData("FUNCTIONS_CUSTOMHANDLER_PORT", "http")]
    [InlineData("FUNCTIONS_CUSTOMHANDLER_PORT", "123456")]
    public async Task A_setting_that_is_missing_or_malformed_stops_the_start_with_one_sentence(string setting, string value)
    {
        var settings = Settings();
        settings.Remove(setting);
        if (value != Unset)
            settings[setting] = value;

        var run = await ProgramRun.ToItsEndAsync(settings);

        Assert.NotEqual(0, run.ExitCode);
        var sentence = Assert.Single(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(setting, sentence, StringComparison.Ordinal);
        Assert.EndsWith(".", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("inside", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_any_settings_it_names_the_first_one()
    {
        var run = await ProgramRun.ToItsEndAsync(new Dictionary<string, string> { ["FUNCTIONS_CUSTOMHANDLER_PORT"] = Settings()["FUNCTIONS_CUSTOMHANDLER_PORT"] });

        Assert.NotEqual(0, run.ExitCode);
        Assert.StartsWith("Supabase__ConnectionString ", Assert.Single(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_stops_the_start_with_one_sentence()
    {
        var settings = Settings();
        settings["FUNCTIONS_CUSTOMHANDLER_PORT"] = _stack.App!.Url.Port.ToString(CultureInfo.InvariantCulture);

        var run = await ProgramRun.ToItsEndAsync(settings);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains($"{_stack.App.Url.Port}", Assert.Single(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_listens_where_the_Functions_host_says_and_nowhere_else()
    {
        using var other = LoopbackPort.Claim();
        var settings = new Dictionary<string, string>(_stack.AppSettings)
        {
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{other.Number}",
            ["ASPNETCORE_HTTP_PORTS"] = other.Number.ToString(CultureInfo.InvariantCulture),
            ["PORT"] = other.Number.ToString(CultureInfo.InvariantCulture),
        };

        await using var app = await FunctionApp.StartAsync(new FunctionAppOptions { Settings = settings }, TestContext.Current.CancellationToken);

        using var client = new AppClient(_stack, app);
        Assert.Equal(200, (await client.GetAsync("/api/health/live")).Status);
        using var socket = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(async () => await socket.ConnectAsync("127.0.0.1", other.Number, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("KILL")]
    public async Task Under_the_Functions_host_its_end_is_never_a_success(string signal)
    {
        await using var app = await FunctionApp.StartAsync(new FunctionAppOptions { Settings = _stack.AppSettings }, TestContext.Current.CancellationToken);

        await app.Process.StopAsync(signal, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        var exitCode = await app.Process.Exited;
        Assert.True(exitCode != 0, $"Exit code {exitCode}:\n{app.Log}");
        Assert.DoesNotContain("   at ", app.Log, StringComparison.Ordinal);
    }

    private Dictionary<string, string> Settings()
    {
        using var free = LoopbackPort.Claim();
        return new Dictionary<string, string>(_stack.AppSettings)
        {
            ["FUNCTIONS_CUSTOMHANDLER_PORT"] = free.Number.ToString(CultureInfo.InvariantCulture),
        };
    }
}
