using System.Diagnostics;
using System.Text.RegularExpressions;
using MySqlConnector;
using Neolia.LocalStack;
using Neolia.LocalStack.Kamailio;
using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.TakingOver;

/// <summary>The way that docs/kamailio.md gives, taken word by word on a server as it is set up today.</summary>
public sealed partial class KamailioGuideTests(StackFixture stack) : IAsyncLifetime
{
    private readonly string _password = Secrets.NewPassword();
    private readonly DirectoryInfo _machine = Directory.CreateTempSubdirectory("neolia-vps-");
    private readonly Dictionary<string, string> _environment = [];
    private Installation _installation = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static string Guide { get; } = File.ReadAllText(Path.Combine(Repository.Root, "docs", "kamailio.md"));

    private string Backup => Path.Combine(_machine.FullName, "backup");

    private string New => Path.Combine(_machine.FullName, "kamailio.neolia");

    public async ValueTask InitializeAsync()
    {
        _installation = await Installation.StartAsync(stack.Stack.MariaDb);
        var live = _machine.CreateSubdirectory("kamailio").FullName;
        File.Copy(Path.Combine(Repository.Root, "tests", "EndToEnd.Tests", "TakingOver", "todays-kamailio.cfg"), Path.Combine(live, "kamailio.cfg"));
        var root = new MySqlConnectionStringBuilder(_installation.Database.RootConnectionString);
        await File.WriteAllTextAsync(
            Path.Combine(_machine.FullName, ".my.cnf"), $"[client]\nhost=127.0.0.1\nport={root.Port}\nuser={root.UserID}\npassword={root.Password}\n", Cancelled);
        foreach (var (name, value) in stack.Stack.AppSettings)
            _environment[name] = value;
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)
            [
                ("HOME", _machine.FullName), ("DATABASE", _installation.Database.Name), ("LIVE", live), ("NEW", New), ("BACKUP", Backup),
                ("CHECK_ACCOUNT", $"panel101@{Installation.Domain}"),
                ("Kamailio__ConnectionString", _installation.Database.AppConnectionStringWithoutPassword),
            ])
            _environment[name] = value;
    }

    public async ValueTask DisposeAsync()
    {
        await _installation.DisposeAsync();
        _machine.Delete(recursive: true);
    }

    [Fact]
    public async Task Todays_server_is_taken_over_and_back()
    {
        await _installation.AddAsync("panel101", _password);
        UseSipAddressOf(_installation.Today);
        await RunAsync("backup", "tables", "digests", "configuration");
        Assert.Contains(_password, await File.ReadAllTextAsync(Path.Combine(Backup, "kamailio.sql"), Cancelled), StringComparison.Ordinal);
        Assert.Equal(200, await Installation.RegisterAsync(_installation.Today, "panel101", _password));
        await WriteSiteValuesAsync();
        await RunAsync("check-configuration");

        UseSipAddressOf(_installation.Ours); // The switch.
        Assert.Contains("refused", await RunAsync("empty-password"), StringComparison.Ordinal);
        await RunAsync("blank");
        Assert.Equal(["panel101||32|32"], await _installation.RowsAsync("select username, password, length(ha1), length(ha1b) from subscriber"));
        Assert.Equal(200, await Installation.RegisterAsync(_installation.Ours, "panel101", _password));

        await RunAsync("digests-in-the-old-configuration");
        await using var back = await KamailioServer.StartAsync(
            _installation.Database, [Installation.Domain], Cancelled,
            new KamailioServerOptions { Configuration = Path.Combine(Backup, "etc", "kamailio.cfg") });
        UseSipAddressOf(back);
        Assert.Contains("refused", await RunAsync("empty-password"), StringComparison.Ordinal);
        Assert.Equal(200, await Installation.RegisterAsync(back, "panel101", _password));
    }

    [Fact]
    public async Task Before_the_switch_its_check_says_that_the_door_is_open()
    {
        await _installation.AddAsync("panel101", "", new string('a', 32), new string('b', 32));
        UseSipAddressOf(_installation.Today);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync("empty-password"));

        Assert.Contains("an EMPTY password lets in", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forward_targets_come_and_go()
    {
        await RunAsync("forward-target", "forward-target", "forward-target-gone");

        Assert.Equal(["sip:guard@pbx.example.org"], await _installation.RowsAsync("select uri from neolia_forward_target"));
    }

    private void UseSipAddressOf(KamailioServer kamailio) => _environment["Kamailio__SipAddress"] = kamailio.SipAddress;

    // What the guide has the operator write into the example.
    private async Task WriteSiteValuesAsync()
    {
        var file = Path.Combine(New, "neolia-local.cfg");
        var example = await File.ReadAllTextAsync(file, Cancelled);
        await File.WriteAllTextAsync(
            file, example.Replace("##!define NEOLIA_RTPENGINE", "#!define NEOLIA_RTPENGINE", StringComparison.Ordinal), Cancelled);
    }

    /// <summary>Runs blocks one after the other in one shell; gives what they wrote.</summary>
    private async Task<string> RunAsync(params string[] blocks)
    {
        var script = string.Join('\n', blocks.Select(name => Blocks().Matches(Guide).Single(block => block.Groups["name"].Value == name).Groups["text"].Value));
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", script])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        using var bash = Process.Start(start)!;
        var output = bash.StandardOutput.ReadToEndAsync(Cancelled);
        var errors = await bash.StandardError.ReadToEndAsync(Cancelled);
        await bash.WaitForExitAsync(Cancelled);
        var written = await output + errors;
        return bash.ExitCode == 0 ? written : throw new InvalidOperationException($"{string.Join(", ", blocks)}: exit code {bash.ExitCode}\n{written}");
    }

    [GeneratedRegex(@"<!-- run: (?<name>[a-z-]+) -->\n```sh\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
