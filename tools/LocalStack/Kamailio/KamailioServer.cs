using System.Globalization;
using System.Net;
using Neolia.LocalStack.MariaDb;
using Neolia.LocalStack.Sip;
using Neolia.LocalStack.Supervision;

namespace Neolia.LocalStack.Kamailio;

/// <summary>A private Kamailio that runs the repository's kamailio.cfg over one database, on one UDP and TCP port.</summary>
public sealed class KamailioServer : IAsyncDisposable
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(30);

    private readonly SupervisedServer _server;
    private readonly LoopbackPort _port;
    private readonly string _domain;

    private KamailioServer(SupervisedServer server, LoopbackPort port, string domain)
    {
        _server = server;
        _port = port;
        _domain = domain;
    }

    public int Port => _port.Number;

    /// <summary>host:port, as the app's setting Kamailio__SipAddress wants it.</summary>
    public string SipAddress => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    public SupervisedServer Process => _server;

    /// <param name="database">Where accounts and contacts are.</param>
    /// <param name="domains">The domains it serves, each its own realm; at least one.</param>
    /// <param name="configuration">Another configuration than the repository's, which includes neolia-local.cfg likewise.</param>
    public static Task<KamailioServer> StartAsync(
        KamailioDatabase database, IReadOnlyList<string> domains, CancellationToken cancellationToken, string? configuration = null) =>
        LoopbackPort.RetryWhenLostAsync(() => StartOnceAsync(
            database, domains, configuration ?? Path.Combine(Repository.Root, "kamailio", "kamailio.cfg"), cancellationToken));

    public Task StopAsync(CancellationToken cancellationToken) =>
        _server.StopAsync("TERM", TimeSpan.FromSeconds(10), cancellationToken);

    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        await _server.StartAsync(cancellationToken);
        await Readiness.WaitAsync(_server, ProbeAsync, ReadyDeadline, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _port.Dispose();
    }

    private static async Task<KamailioServer> StartOnceAsync(
        KamailioDatabase database, IReadOnlyList<string> domains, string configuration, CancellationToken cancellationToken)
    {
        var kamailio = DebianBinary.Find("kamailio", "kamailio");
        var port = LoopbackPort.Claim();
        var folder = ServerCommand.NewFolder("kamailio");
        SupervisedServer? server = null;
        try
        {
            server = await SupervisedServer.PrepareAsync(
                new ServerCommand
                {
                    Name = "kamailio",
                    Folder = folder,
                    Command =
                    [
                        kamailio, "-f", Path.Combine(folder, "kamailio.cfg"), "-DD", "-E", "-Y", folder,
                        "-P", Path.Combine(folder, "kamailio.pid"), "-m", "64", "-M", "8",
                    ],
                    Environment = new Dictionary<string, string>
                    {
                        ["TZ"] = "UTC", // It writes the times of location as local time.
                    },
                },
                cancellationToken);
            File.Copy(configuration, Path.Combine(folder, "kamailio.cfg"));
            await File.WriteAllTextAsync(Path.Combine(folder, "neolia-local.cfg"), SiteValues(port.Number, database, domains), cancellationToken);

            var instance = new KamailioServer(server, port, domains[0]);
            await server.StartAsync(cancellationToken);
            await Readiness.WaitAsync(server, instance.ProbeAsync, ReadyDeadline, cancellationToken);
            return instance;
        }
        catch
        {
            if (server is not null)
                await server.DisposeAsync();
            port.Dispose();
            throw;
        }
    }

    private static string SiteValues(int port, KamailioDatabase database, IReadOnlyList<string> domains) =>
        $"""
        listen=udp:127.0.0.1:{port}
        listen=tcp:127.0.0.1:{port}
        #!subst "|NEOLIA_DATABASE|{database.KamailioUrl}|"
        #!subst "|NEOLIA_DOMAINS|{string.Join(',', domains)}|"

        """;

    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        await using var device = new SipDevice(new SipDeviceOptions
        {
            Server = new IPEndPoint(IPAddress.Loopback, Port),
            Username = "probe",
            Domain = _domain,
            RetransmitAfter = TimeSpan.FromMilliseconds(50),
            Timeout = TimeSpan.FromSeconds(1),
        });
        var answer = await device.OptionsAsync(cancellationToken);
        if (answer.StatusCode != 200)
            throw new InvalidOperationException($"OPTIONS was answered {answer.StatusCode}");
    }
}
