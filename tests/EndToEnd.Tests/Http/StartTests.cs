using System.Globalization;
using System.Net.Sockets;
using Neolia.LocalStack;
using Neolia.LocalStack.Functions;
using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>What the program needs to start, where it listens, and how it ends.</summary>
[Collection(Outages.Name)]
public sealed class StartTests(PrivateStackFixture own)
{
    private const string Unset = "(unset)";

    private readonly Stack _stack = own.Stack;

    [Theory]
    [InlineData("Supabase__ConnectionString", Unset)]
    [InlineData("Supabase__ConnectionString", "no connection string")]
    [InlineData("Supabase__ConnectionString", "Host=127.0.0.1;Port=many")]
    [InlineData("Supabase__ConnectionString", "Host=127.0.0.1;Database=postgres;Username=neolia_functions;Password=inside")]
    [InlineData("Supabase__ConnectionString", "Host=127.0.0.1;Database=postgres")]
    [InlineData("Supabase__ConnectionString", "Host=db.example.com;Database=postgres;Username=neolia_functions")]
    [InlineData("Supabase__ConnectionString", "Host=db.example.com;Database=postgres;Username=neolia_functions;SslMode=VerifyFull;Root Certificate=none.crt")]
    [InlineData("Supabase__ConnectionString", "Host=127.0.0.1;Database=postgres;Username=neolia_functions;Max Auto Prepare=10")]
    [InlineData("Supabase__JwtAudience", " ")]
    [InlineData("Supabase__Password", Unset)]
    [InlineData("Supabase__JwtIssuer", "not a url")]
    [InlineData("Supabase__JwtIssuer", "http://project.example.com/auth/v1")]
    [InlineData("Kamailio__ConnectionString", Unset)]
    [InlineData("Kamailio__ConnectionString", "Server=sip.example.com;Database=kamailio;User ID=neolia_functions")]
    [InlineData("Kamailio__ConnectionString", "Server=127.0.0.1;Database=kamailio;User ID=neolia_functions;Password=inside")]
    [InlineData("Kamailio__ConnectionString", "Server=127.0.0.1;Database=kamailio")]
    [InlineData("Kamailio__ConnectionString", "Server=sip.example.com;Database=kamailio;User ID=neolia_functions;SslMode=VerifyFull;SslCa=none.pem")]
    [InlineData("Kamailio__Password", Unset)]
    [InlineData("Kamailio__Domains", ",")]
    [InlineData("Kamailio__Domains", "SIP.neolia.app")]
    [InlineData("Kamailio__Domains", "sip neolia app")]
    [InlineData("Kamailio__SipAddress", "127.0.0.1:sip")]
    [InlineData("Kamailio__WsServers", "https://sip.neolia.app:8443")]
    [InlineData("Kamailio__WsServers", "ws://sip.neolia.app:8080")]
    [InlineData("Webhook__Secret", "no secret")]
    [InlineData("Webhook__Secret", "whsec_c2hvcnQ=")]
    [InlineData("Drain__BatchSize", "1000")]
    [InlineData("Drain__BatchSize", "many")]
    [InlineData("Drain__Lanes", "0")]
    [InlineData("Drain__Lease", "00:00:00")]
    [InlineData("Drain__BackoffFrom", "00:02:00")]
    [InlineData("Drain__BackoffTo", "02:00:00")]
    [InlineData("Drain__OutageBackoff", "00:10:00")]
    [InlineData("Drain__LingerPoll", "00:00:00")]
    [InlineData("Drain__LingerFor", "01:00:00")]
    [InlineData("Drain__WebhookBudget", "01:00:00")]
    [InlineData("Drain__RequestBudget", "00:03:50")]
    [InlineData("Drain__Interval", "15 seconds")]
    [InlineData("KeyVault__Uri", "neolia-prod")]
    [InlineData("KeyVault__ClientId", "identity")]
    [InlineData("KeyVault__RefreshInterval", "01:00:00")]
    [InlineData("KeyVault__RefreshInterval", "often")]
    [InlineData("Cors__AllowedOrigins", "https://dashboard.example,*")]
    [InlineData("Cors__AllowedOrigins", "https://dashboard.example/")]
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
        var sentence = Assert.Single(run.Sentences);
        Assert.StartsWith($"{setting} ", sentence, StringComparison.Ordinal);
        Assert.Matches(@"; (it is (an app setting \(.*Bicep|the secret .* in Azure Key Vault|a setting for runs without)|the Functions host sets it).*, for example \S.*\.$", sentence);
        Assert.DoesNotContain("inside", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_secret_may_be_missing_only_beside_an_issuer()
    {
        var settings = Settings();
        settings.Remove("Supabase__JwtSecret");

        var run = await ProgramRun.ToItsEndAsync(settings);

        Assert.StartsWith("Supabase__JwtIssuer is missing and so is Supabase__JwtSecret", Assert.Single(run.Sentences), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PORT", "http")]
    [InlineData("PORT", "0")]
    public async Task Its_own_port_is_checked_when_there_is_no_Functions_host(string setting, string value)
    {
        var settings = Settings();
        settings.Remove("FUNCTIONS_CUSTOMHANDLER_PORT");
        settings[setting] = value;

        var run = await ProgramRun.ToItsEndAsync(settings);

        Assert.StartsWith($"{setting} must be a port", Assert.Single(run.Sentences), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_any_settings_it_names_all_that_it_needs_in_one_go()
    {
        var run = await ProgramRun.ToItsEndAsync(new Dictionary<string, string> { ["FUNCTIONS_CUSTOMHANDLER_PORT"] = Settings()["FUNCTIONS_CUSTOMHANDLER_PORT"] });

        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal(
            ["Kamailio__ConnectionString", "Kamailio__Password", "Supabase__ConnectionString", "Supabase__JwtIssuer", "Supabase__Password"],
            run.Sentences.Select(sentence => sentence.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_port_that_is_taken_stops_the_start_with_one_sentence()
    {
        var settings = Settings();
        settings["FUNCTIONS_CUSTOMHANDLER_PORT"] = _stack.App!.Url.Port.ToString(CultureInfo.InvariantCulture);

        var run = await ProgramRun.ToItsEndAsync(settings);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains($"{_stack.App.Url.Port}", Assert.Single(run.Sentences), StringComparison.Ordinal);
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

        await using var app = await FunctionApp.StartAsync(
            new FunctionAppOptions { Settings = settings, UnderFunctionsHost = true }, TestContext.Current.CancellationToken);

        using var client = new AppClient(_stack, app);
        Assert.Equal(200, (await client.GetAsync("/api/health/live")).Status);
        using var socket = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(async () => await socket.ConnectAsync("127.0.0.1", other.Number, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("TERM", true, 1)]
    [InlineData("KILL", true, 128 + 9)]
    [InlineData("TERM", false, 0)]
    public async Task Under_the_Functions_host_its_end_is_never_a_success(string signal, bool underFunctionsHost, int exitCode)
    {
        await using var app = await FunctionApp.StartAsync(
            new FunctionAppOptions { Settings = _stack.AppSettings, UnderFunctionsHost = underFunctionsHost }, TestContext.Current.CancellationToken);

        await app.Process.StopAsync(signal, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal(exitCode, await app.Process.Exited);
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
