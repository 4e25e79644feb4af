using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using MySqlConnector;
using Neolia.EndToEnd.Tests.Vault;
using Neolia.LocalStack;
using Neolia.LocalStack.Kamailio;
using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.TakingOver;

/// <summary>The way that docs/kamailio.md gives, taken word by word on a server as it is set up today.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class KamailioGuideTests(StackFixture stack) : IAsyncLifetime
{
    private readonly string _password = Secrets.NewPassword();
    private readonly DirectoryInfo _machine = Directory.CreateTempSubdirectory("neolia-vps-");
    private readonly Dictionary<string, string> _environment = [];
    private Installation _installation = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static string Guide { get; } = File.ReadAllText(Path.Combine(Repository.Root, "docs", "kamailio.md"));

    private string Backup => Path.Combine(_machine.FullName, "backup");

    private string Live => Path.Combine(_machine.FullName, "kamailio");

    private string New => Path.Combine(_machine.FullName, "kamailio.neolia");

    public async ValueTask InitializeAsync()
    {
        _installation = await Installation.StartAsync(stack.Stack.MariaDb);
        _machine.CreateSubdirectory("kamailio");
        File.Copy(Path.Combine(Repository.Root, "tests", "EndToEnd.Tests", "TakingOver", "todays-kamailio.cfg"), Path.Combine(Live, "kamailio.cfg"));
        var root = new MySqlConnectionStringBuilder(_installation.Database.RootConnectionString);
        await File.WriteAllTextAsync(
            Path.Combine(_machine.FullName, ".my.cnf"), $"[client]\nhost=127.0.0.1\nport={root.Port}\nuser={root.UserID}\npassword={root.Password}\n", Cancelled);
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)
            [
                ("DATABASE", _installation.Database.Name), ("LIVE", Live), ("NEW", New), ("BACKUP", Backup),
                ("CERTIFICATE", await WriteCertificateAsync()), ("DROP_IN", Path.Combine(_machine.FullName, "neolia.conf")),
                ("SOCKET", _installation.Database.Server.Socket), ("CHECK_ACCOUNT", $"panel101@{Installation.Domain}"),
                ("Kamailio__Domains", Installation.Domain), ("Kamailio__SipAddress", _installation.Today.SipAddress),
            ])
            _environment[name] = value;
        // No more and no less than what the guide gives: what else a verb needed would be missing on the VPS.
        Assert.Equal(Value().Matches(Values().Match(Guide).Value).Select(value => value.Groups[1].Value).Order(), _environment.Keys.Order());
        // Started and stopped are the private servers, by the test.
        var systemctl = Path.Combine(_machine.CreateSubdirectory("bin").FullName, "systemctl");
        await File.WriteAllTextAsync(systemctl, "#!/bin/sh\necho \"systemctl $*\"\n", Cancelled);
        File.SetUnixFileMode(systemctl, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.SetUnixFileMode(_machine.FullName, File.GetUnixFileMode(_machine.FullName) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        _environment["CC"] = "clang"; // What the AOT compiler brings.
        _environment["HOME"] = _machine.FullName;
        _environment["PATH"] = $"{Path.GetDirectoryName(systemctl)}:{Environment.GetEnvironmentVariable("PATH")}";
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
        await RunAsync("backup", "tables", "local-user", "digests", "configuration");
        Assert.Contains(_password, await File.ReadAllTextAsync(Path.Combine(Backup, "kamailio.sql"), Cancelled), StringComparison.Ordinal);
        Assert.Equal(200, await Installation.RegisterAsync(_installation.Today, "panel101", _password));
        await WriteSiteValuesAsync();
        await RunAsync("certificate", "check-configuration", "thread-state");

        await RunAsync("switch");
        UseSipAddressOf(_installation.Ours);
        Assert.True(File.Exists(Path.Combine(Live, "decision.cfg")));
        Assert.Contains("refused", await RunAsync("empty-password"), StringComparison.Ordinal);
        await RunAsync("local-user", "blank");
        Assert.Equal(["panel101||32|32"], await _installation.RowsAsync("select username, password, length(ha1), length(ha1b) from subscriber"));
        Assert.Equal(200, await Installation.RegisterAsync(_installation.Ours, "panel101", _password));

        await RunAsync("way-back");
        await using var back = await KamailioServer.StartAsync(
            _installation.Database, [Installation.Domain], Cancelled,
            new KamailioServerOptions { Configuration = Path.Combine(Live, "kamailio.cfg") });
        UseSipAddressOf(back);
        Assert.Contains("refused", await RunAsync("empty-password"), StringComparison.Ordinal);
        Assert.Equal(401, await Installation.RegisterAsync(back, "panel101", ""));
        Assert.Equal(200, await Installation.RegisterAsync(back, "panel101", _password));
    }

    [Theory]
    [InlineData("calculate_ha1")]
    [InlineData("password_column")]
    public async Task Nothing_goes_back_to_a_configuration_that_would_not_compare_digests(string parameter)
    {
        var before = Directory.CreateDirectory(Live + ".before").FullName;
        var old = await File.ReadAllLinesAsync(Path.Combine(Live, "kamailio.cfg"), Cancelled);
        await File.WriteAllLinesAsync(Path.Combine(before, "kamailio.cfg"), old.Where(line => !line.Contains(parameter, StringComparison.Ordinal)), Cancelled);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync("way-back"));

        Assert.DoesNotContain("systemctl", failure.Message, StringComparison.Ordinal);
        Assert.True(Directory.Exists(before));
        Assert.True(Directory.Exists(Live));
    }

    [Fact]
    public async Task Nothing_is_stopped_for_a_configuration_without_a_certificate()
    {
        await RunAsync("configuration");

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync("switch"));

        Assert.DoesNotContain("systemctl", failure.Message, StringComparison.Ordinal);
        Assert.True(Directory.Exists(New));
    }

    [Fact]
    public async Task Digests_that_could_not_be_made_are_noticed()
    {
        await _installation.AddAsync("panel101", _password);

        // Without its user the verb has no setting.
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync("digests"));

        Assert.Contains("Kamailio__ConnectionString is missing", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Supabase", failure.Message, StringComparison.Ordinal);
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

    /// <summary>As Let's Encrypt leaves it: readable by root only.</summary>
    private async Task<string> WriteCertificateAsync()
    {
        var folder = _machine.CreateSubdirectory("letsencrypt").FullName;
        using var certificate = LoopbackCertificate.Create();
        await File.WriteAllTextAsync(Path.Combine(folder, "fullchain.pem"), certificate.WithKey.ExportCertificatePem(), Cancelled);
        using var key = certificate.WithKey.GetECDsaPrivateKey()!;
        await File.WriteAllTextAsync(Path.Combine(folder, "privkey.pem"), key.ExportPkcs8PrivateKeyPem(), Cancelled);
        File.SetUnixFileMode(Path.Combine(folder, "privkey.pem"), UnixFileMode.UserRead);
        return folder;
    }

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

    [GeneratedRegex(@"<!-- values -->\n```sh\n.*?```", RegexOptions.Singleline)]
    private static partial Regex Values();

    [GeneratedRegex(@"(?<=^|export |^export .* )([A-Za-z_]+)=", RegexOptions.Multiline)]
    private static partial Regex Value();

    [GeneratedRegex(@"<!-- run: (?<name>[a-z-]+) -->\n```sh\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
