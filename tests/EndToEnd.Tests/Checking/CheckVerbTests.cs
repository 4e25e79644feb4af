using System.Diagnostics;
using System.Globalization;
using MySqlConnector;
using Neolia.EndToEnd.Tests.TakingOver;
using Neolia.LocalStack.Functions;
using Neolia.LocalStack.Supervision;
using Npgsql;

namespace Neolia.EndToEnd.Tests.Checking;

/// <summary>The published program as the operator's report, over an installation with each part right or broken.</summary>
public sealed class CheckVerbTests(StackFixture stack) : IAsyncLifetime
{
    private readonly Dictionary<string, string> _settings = new(stack.Stack.AppSettings);
    private Installation _installation = null!;

    public async ValueTask InitializeAsync()
    {
        _installation = await Installation.StartAsync(stack.Stack.MariaDb);
        _settings["Kamailio__ConnectionString"] = _installation.Database.AppConnectionStringWithoutPassword;
        _settings["Kamailio__SipAddress"] = _installation.Ours.SipAddress;
        await AddAccountAsync("panel101");
    }

    public ValueTask DisposeAsync() => _installation.DisposeAsync();

    [Fact]
    public async Task Where_all_is_well_it_says_what_was_measured_and_ends_with_0()
    {
        var before = await _installation.EverythingAsync();

        var verb = await Verb.RunAsync(_settings, "check");

        Assert.True(verb.ExitCode == 0, verb.Text);
        Assert.Contains("Supabase's database:   good, clock ", verb.Output, StringComparison.Ordinal);
        Assert.Contains("Kamailio's database:   good, clock ", verb.Output, StringComparison.Ordinal);
        Assert.Contains(" ms, not encrypted\n", verb.Output, StringComparison.Ordinal);
        Assert.Contains("OPTIONS answered, REGISTER challenged, empty password refused", verb.Output, StringComparison.Ordinal);
        Assert.Matches(@"(All is well|Nothing is broken)\.\n$", verb.Output);
        Assert.Contains("... subscribers", verb.Errors, StringComparison.Ordinal);
        Assert.Equal(before, await _installation.EverythingAsync());
    }

    [Fact]
    public async Task Leaked_passwords_and_open_doors_in_the_table_are_counted_and_not_shown()
    {
        var leaked = Secrets.NewPassword();
        await _installation.AddAsync("testuser", leaked, Digest(), Digest());
        await _installation.AddAsync("mobile101", leaked, Digest(), "");

        var verb = await Verb.RunAsync(_settings, "check", "--json");

        Assert.Equal(1, verb.ExitCode);
        Assert.Equal(["empty_digests", "plaintext_passwords"], Broken(verb));
        Assert.StartsWith("2 subscribers", Message(verb, "plaintext_passwords"), StringComparison.Ordinal);
        Assert.DoesNotContain(leaked, verb.Text, StringComparison.Ordinal);
        Assert.DoesNotMatch("[0-9a-f]{32}", verb.Text);
    }

    [Fact]
    public async Task A_part_that_can_not_be_measured_is_told_and_takes_no_other_along()
    {
        await _installation.AddAsync("mobile101", Secrets.NewPassword(), Digest(), Digest());
        await _installation.ExecuteAsync("revoke select on subscriber from 'neolia_functions'@'%'");
        await _installation.ExecuteAsync("grant select (id, username, domain, ha1, ha1b) on subscriber to 'neolia_functions'@'%'");

        var verb = await Verb.RunAsync(_settings, "check", "--json");

        Assert.Equal(1, verb.ExitCode);
        Assert.Equal(["not_measured"], Broken(verb));
        Assert.Contains("what the table subscriber holds", Message(verb, "not_measured"), StringComparison.Ordinal);
        Assert.Equal("good", verb.Json.GetProperty("kamailio").GetProperty("state").GetString());
        Assert.True(verb.Json.GetProperty("sip").GetProperty("auth_enabled").GetBoolean());
    }

    [Fact]
    public async Task Todays_configuration_is_the_first_thing_that_it_names()
    {
        _settings["Kamailio__SipAddress"] = _installation.Today.SipAddress;

        var verb = await Verb.RunAsync(_settings, "check", "--json");

        Assert.Equal(1, verb.ExitCode);
        Assert.Equal(["empty_password"], Broken(verb));
        Assert.Equal((false, "let_in"), (verb.Json.GetProperty("sip").GetProperty("auth_enabled").GetBoolean(), verb.Json.GetProperty("sip").GetProperty("empty_password").GetString()));
    }

    [Fact]
    public async Task Each_server_that_is_wrong_or_away_has_its_line()
    {
        using var nobody = LoopbackPort.Claim();
        _settings["Kamailio__SipAddress"] = $"127.0.0.1:{nobody.Number}";
        _settings["Kamailio__ConnectionString"] = new MySqlConnectionStringBuilder(_settings["Kamailio__ConnectionString"]) { Port = 1 }.ConnectionString;
        _settings["Supabase__ConnectionString"] = new NpgsqlConnectionStringBuilder(_settings["Supabase__ConnectionString"]) { Database = "postgres" }.ConnectionString;

        var verb = await Verb.RunAsync(_settings, "check");

        Assert.Equal(1, verb.ExitCode);
        Assert.Contains("Supabase's database:   other schema\n", verb.Output, StringComparison.Ordinal);
        Assert.Contains("Kamailio's database:   unreachable\n", verb.Output, StringComparison.Ordinal);
        Assert.Contains("OPTIONS not answered, REGISTER no answer", verb.Output, StringComparison.Ordinal);
        Assert.Equal(3, verb.Output.Split('\n').Count(line => line.StartsWith("! ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Missing_and_excessive_rights_are_told_apart()
    {
        var root = new MySqlConnectionStringBuilder(_installation.Database.RootConnectionString);
        await _installation.ExecuteAsync("revoke delete on neolia_kick from 'neolia_functions'@'%'");
        var lacking = await Verb.RunAsync(_settings, "check", "--json");
        _settings["Kamailio__ConnectionString"] = new MySqlConnectionStringBuilder(_settings["Kamailio__ConnectionString"]) { UserID = root.UserID }.ConnectionString;
        _settings["Kamailio__Password"] = root.Password;
        var excessive = await Verb.RunAsync(_settings, "check", "--json");

        Assert.Equal((1, "neolia_kick"), (lacking.ExitCode, lacking.Json.GetProperty("kamailio").GetProperty("fault").GetString()));
        Assert.Equal(["kamailio_rights"], Broken(lacking));
        Assert.True(excessive.ExitCode == 0, excessive.Text);
        Assert.Contains(" on *.*)", Message(excessive, "kamailio_excess_rights"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_terminal_its_progress_is_one_line_that_is_gone_at_the_end()
    {
        var start = new ProcessStartInfo("script", ["--quiet", "--return", "--command", $"{FunctionApp.PublishedExecutable} check", "/dev/null"]) { RedirectStandardOutput = true };
        foreach (var (name, value) in _settings)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 0, output);
        Assert.Contains("\r... subscribers\e[K\r... ", output, StringComparison.Ordinal);
        Assert.Contains("\r\e[KSupabase's database:", output, StringComparison.Ordinal);
    }

    private async Task AddAccountAsync(string name)
    {
        await _installation.AddAsync(name, "", Digest(), Digest());
        await _installation.ExecuteAsync(
            "insert into neolia_identity (domain, username, account_id) values (@p0, @p1, uuid())", Installation.Domain, name);
    }

    private static string Digest() => string.Create(CultureInfo.InvariantCulture, $"{Guid.NewGuid():n}");

    private static IEnumerable<string> Broken(Verb verb) =>
        verb.Json.GetProperty("findings").EnumerateArray().Where(f => f.GetProperty("severity").GetString() == "broken").Select(f => f.GetProperty("code").GetString()!);

    private static string Message(Verb verb, string code) =>
        verb.Json.GetProperty("findings").EnumerateArray().Single(f => f.GetProperty("code").GetString() == code).GetProperty("message").GetString()!;
}
