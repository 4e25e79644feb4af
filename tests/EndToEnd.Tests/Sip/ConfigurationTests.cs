using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Neolia.LocalStack;
using Neolia.LocalStack.Sip;
using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.Sip;

public sealed class ConfigurationTests(RegistrarFixture fixture) : IClassFixture<RegistrarFixture>
{
    private readonly Registrar _registrar = fixture.Registrar;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_example_of_the_sites_values_passes_kamailios_check()
    {
        var folder = Directory.CreateTempSubdirectory("neolia-cfg-");
        try
        {
            var source = Path.Combine(Repository.Root, "kamailio");
            foreach (var file in Directory.EnumerateFiles(source, "*.cfg"))
                File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
            File.Copy(Path.Combine(source, "neolia-local.cfg.example"), Path.Combine(folder.FullName, "neolia-local.cfg"), overwrite: true);
            using var check = Process.Start(new ProcessStartInfo(DebianBinary.Find("kamailio", "kamailio"))
            {
                ArgumentList = { "-c", "-f", Path.Combine(folder.FullName, "kamailio.cfg"), "-Y", folder.FullName },
                WorkingDirectory = folder.FullName,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var output = check.StandardOutput.ReadToEndAsync(Cancelled);
            var errors = await check.StandardError.ReadToEndAsync(Cancelled);
            await check.WaitForExitAsync(Cancelled);

            Assert.True(check.ExitCode == 0, errors + await output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task It_answers_over_TCP()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_registrar.Address, Cancelled);
        var request = new SipMessage($"OPTIONS sip:{Registrar.Domain} SIP/2.0")
            .Add("Via", $"SIP/2.0/TCP {client.Client.LocalEndPoint};branch=z9hG4bKtcp")
            .Add("Max-Forwards", "70")
            .Add("From", $"<sip:probe@{Registrar.Domain}>;tag=1")
            .Add("To", $"<sip:{Registrar.Domain}>")
            .Add("Call-ID", Guid.NewGuid().ToString())
            .Add("CSeq", "1 OPTIONS")
            .Add("Content-Length", "0");

        await client.GetStream().WriteAsync(request.ToBytes(), Cancelled);
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);

        Assert.Equal("SIP/2.0 200 OK", await reader.ReadLineAsync(Cancelled));
    }

    [Fact]
    public async Task Its_log_holds_no_secret()
    {
        var account = await _registrar.AddAccountAsync();
        await using var device = _registrar.Device(account);
        await device.RegisterAsync(Cancelled);
        await using var wrong = new SipDevice(_registrar.Options(account.Username, Secrets.NewPassword()));
        await wrong.RegisterAsync(Cancelled);

        var log = _registrar.Kamailio.Process.Log;

        Assert.NotEmpty(log);
        Assert.DoesNotContain(account.Password, log, StringComparison.Ordinal);
        Assert.DoesNotContain("mysql://", log, StringComparison.Ordinal);
        Assert.DoesNotMatch("[0-9a-f]{32}", log);
    }
}
