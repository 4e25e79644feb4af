using MySqlConnector;
using Neolia.LocalStack.Kamailio;
using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.TakingOver;

public sealed class SecureSubscribersVerbTests(StackFixture stack) : IAsyncLifetime
{
    private readonly string _password = Secrets.NewPassword();
    private Installation _installation = null!;

    public async ValueTask InitializeAsync() => _installation = await Installation.StartAsync(stack.Stack.MariaDb);

    public ValueTask DisposeAsync() => _installation.DisposeAsync();

    [Fact]
    public async Task Operator_goes_the_whole_way_and_no_output_holds_a_secret()
    {
        await _installation.ExecuteAsync("alter table subscriber drop key account_idx");
        await _installation.AddAsync("panel101", _password);
        var before = await _installation.EverythingAsync();
        var administrator = new MySqlConnectionStringBuilder(_installation.Database.RootConnectionString);
        var (today, ours) = (SettingsFor(_installation.Today), SettingsFor(_installation.Ours));
        today["KAMAILIO_ADMIN_PASSWORD"] = administrator.Password;
        List<Verb> runs = [];

        runs.Add(await Verb.RunAsync(today, "secure-subscribers", "--dry-run"));
        Assert.Equal(1, runs[^1].ExitCode);
        Assert.Equal(before, await _installation.EverythingAsync());

        runs.Add(await Verb.RunAsync(today, "secure-subscribers", "--json"));
        Assert.Equal(
            (1, "accepted", "needs_administrator", 1, 1),
            (runs[^1].ExitCode, Text(runs[^1], "empty_password"), Text(runs[^1], "unique_key"), Number(runs[^1], "digests_made"), Number(runs[^1], "passwords_left")));
        Assert.Contains("alter table subscriber add unique key account_idx (username, domain);", runs[^1].Output, StringComparison.Ordinal);

        runs.Add(await Verb.RunAsync(today, "secure-subscribers", "--admin-user", administrator.UserID));
        Assert.Contains("unique key on (username, domain):    added", runs[^1].Output, StringComparison.Ordinal);
        Assert.Contains("kamailio.cfg first", runs[^1].Output, StringComparison.Ordinal);
        Assert.Equal(200, await Installation.RegisterAsync(_installation.Today, "panel101", _password));

        runs.Add(await Verb.RunAsync(ours, "secure-subscribers", "--json"));
        Assert.Equal((0, "refused", 1), (runs[^1].ExitCode, Text(runs[^1], "empty_password"), Number(runs[^1], "passwords_blanked")));
        runs.Add(await Verb.RunAsync(ours, "secure-subscribers"));
        Assert.Equal(0, runs[^1].ExitCode);

        Assert.Equal(200, await Installation.RegisterAsync(_installation.Ours, "panel101", _password));
        Assert.Equal(401, await Installation.RegisterAsync(_installation.Ours, "panel101", ""));
        foreach (var text in runs.Select(run => run.Text).Append(_installation.Ours.Process.Log).Append(_installation.Today.Process.Log))
        {
            Assert.DoesNotContain(_password, text, StringComparison.Ordinal);
            Assert.DoesNotContain(administrator.Password, text, StringComparison.Ordinal);
            Assert.DoesNotMatch("[0-9a-f]{32}", text);
        }
    }

    [Fact]
    public async Task Killed_for_real_in_each_of_its_steps_it_finishes_when_run_again()
    {
        await _installation.ExecuteAsync("insert into subscriber (username, domain, password) select concat('panel', seq), @p0, @p1 from seq_1_to_3000", Installation.Domain, _password);
        await _installation.ExecuteAsync("insert into subscriber (username, domain) select concat('closed', seq), @p0 from seq_1_to_3000", Installation.Domain);
        var settings = SettingsFor(_installation.Ours);

        foreach (var step in (string[])["asking Kamailio", "digests made", "closed", "blanked"])
            await Verb.KillAtAsync(settings, step, "secure-subscribers");
        var finished = await Verb.RunAsync(settings, "secure-subscribers");

        Assert.Equal(0, finished.ExitCode);
        Assert.Equal(
            ["6000|6000|0"],
            await _installation.RowsAsync("select count(*), sum(ha1 regexp '^[0-9a-f]{32}$' and ha1b regexp '^[0-9a-f]{32}$'), sum(password <> '') from subscriber"));
        foreach (var name in (string[])["panel1", "panel1500", "panel3000"])
            Assert.Equal(200, await Installation.RegisterAsync(_installation.Ours, name, _password));
    }

    [Fact]
    public async Task Administrator_without_a_password_is_wrong_usage_and_a_wrong_one_is_said()
    {
        var settings = SettingsFor(_installation.Ours);
        var missing = await Verb.RunAsync(settings, "secure-subscribers", "--admin-user", "root");
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("KAMAILIO_ADMIN_PASSWORD", missing.Errors, StringComparison.Ordinal);

        settings["KAMAILIO_ADMIN_PASSWORD"] = Secrets.NewPassword();
        var wrong = await Verb.RunAsync(settings, "secure-subscribers", "--admin-user", "root");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("refuses this login", wrong.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(settings["KAMAILIO_ADMIN_PASSWORD"], wrong.Text, StringComparison.Ordinal);
    }

    private static string? Text(Verb verb, string property) => verb.Json.GetProperty(property).GetString();

    private static int Number(Verb verb, string property) => verb.Json.GetProperty(property).GetInt32();

    private Dictionary<string, string> SettingsFor(KamailioServer kamailio) => new(stack.Stack.AppSettings)
    {
        ["Kamailio__ConnectionString"] = _installation.Database.AppConnectionStringWithoutPassword,
        ["Kamailio__SipAddress"] = kamailio.SipAddress,
    };
}
