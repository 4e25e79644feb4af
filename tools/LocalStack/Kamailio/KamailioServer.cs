using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Neolia.LocalStack.MariaDb;
using Neolia.LocalStack.Sip;
using Neolia.LocalStack.Supervision;

namespace Neolia.LocalStack.Kamailio;

/// <summary>A private Kamailio that runs the repository's kamailio.cfg over one database, on every transport.</summary>
public sealed class KamailioServer : IAsyncDisposable
{
    private const string LocalValues = "neolia-local.cfg";
    private const string ControlSocket = "control";

    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(30);

    private readonly SupervisedServer _server;
    private readonly KamailioPorts _ports;
    private readonly string _domain;
    private readonly int _databasePort;

    private KamailioServer(SupervisedServer server, KamailioPorts ports, string domain, int databasePort)
    {
        _server = server;
        _ports = ports;
        _domain = domain;
        _databasePort = databasePort;
    }

    public int UdpPort => _ports.Sip.Number;

    public int TcpPort => _ports.Sip.Number;

    public int TlsPort => _ports.Tls.Number;

    public int WsPort => _ports.Ws.Number;

    public int WssPort => _ports.Wss.Number;

    public int PortOf(SipTransport transport) => transport switch
    {
        SipTransport.Udp => UdpPort,
        SipTransport.Tcp => TcpPort,
        SipTransport.Tls => TlsPort,
        SipTransport.Ws => WsPort,
        SipTransport.Wss => WssPort,
        _ => throw new ArgumentOutOfRangeException(nameof(transport), transport, "not a transport"),
    };

    /// <summary>PEM file of the authority that signed the certificate of the TLS and WSS ports; gone with the server.</summary>
    public string CertificateAuthorityPath => Path.Combine(_server.Folder, "tls", "authority.pem");

    /// <summary>The same for clients of this process.</summary>
    public X509Certificate2 CertificateAuthority => X509CertificateLoader.LoadCertificateFromFile(CertificateAuthorityPath);

    /// <summary>host:port, as the app's setting Kamailio__SipAddress wants it.</summary>
    public string SipAddress => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{UdpPort}");

    public SupervisedServer Process => _server;

    /// <param name="database">Where accounts and contacts are.</param>
    /// <param name="domains">The domains it serves, each its own realm; at least one.</param>
    public static Task<KamailioServer> StartAsync(
        KamailioDatabase database, IReadOnlyList<string> domains, CancellationToken cancellationToken, KamailioServerOptions? options = null) =>
        LoopbackPort.RetryWhenLostAsync(() => StartOnceAsync(database, domains, options ?? new KamailioServerOptions(), cancellationToken));

    public Task StopAsync(CancellationToken cancellationToken) =>
        _server.StopAsync("TERM", TimeSpan.FromSeconds(10), cancellationToken);

    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        await _server.StartAsync(cancellationToken);
        await Readiness.WaitAsync(_server, ProbeAsync, ReadyDeadline, cancellationToken);
    }

    /// <summary>As the hook of a renewal does it: new files in the old ones' place, and a word to the server. A new authority, too.</summary>
    public async Task RenewCertificateAsync(CancellationToken cancellationToken)
    {
        await TestAuthority.WriteAsync(Path.Combine(_server.Folder, "tls"), [_domain], cancellationToken);
        await SupervisedRun.RunAsync(
            [DebianBinary.Find("kamcmd", "kamailio"), "-s", $"unix:{Path.Combine(_server.Folder, ControlSocket)}", "tls.reload"],
            cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _ports.Dispose();
    }

    private static async Task<KamailioServer> StartOnceAsync(
        KamailioDatabase database, IReadOnlyList<string> domains, KamailioServerOptions options, CancellationToken cancellationToken)
    {
        var kamailio = DebianBinary.Find("kamailio", "kamailio");
        var ports = new KamailioPorts();
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
                        // Not for its supervisor, which starts before there is a library.
                        "/usr/bin/env", $"LD_PRELOAD={Path.Combine(folder, ThreadStateLibrary.FileName)}",
                        kamailio, "-f", Path.Combine(folder, "kamailio.cfg"), "-DD", "-E", "-Y", folder,
                        "-P", Path.Combine(folder, "kamailio.pid"), "-m", "64", "-M", "8",
                        "-x", "fm", "-X", "fm", // Debian's default allocator takes a third of the processor's time.
                    ],
                    Environment = new Dictionary<string, string>
                    {
                        ["TZ"] = "UTC", // It writes the times of location as local time.
                    },
                },
                cancellationToken);
            await ConfigureAsync(folder, ports, database, domains, options, cancellationToken);
            await ThreadStateLibrary.BuildAsync(folder, cancellationToken);

            var instance = new KamailioServer(server, ports, domains[0], database.Server.Port);
            await server.StartAsync(cancellationToken);
            await Readiness.WaitAsync(server, instance.ProbeAsync, ReadyDeadline, cancellationToken);
            return instance;
        }
        catch
        {
            if (server is not null)
                await server.DisposeAsync();
            ports.Dispose();
            throw;
        }
    }

    // As the operator does it: the folder copied, the site's own values and a certificate put into it.
    private static async Task ConfigureAsync(
        string folder, KamailioPorts ports, KamailioDatabase database, IReadOnlyList<string> domains, KamailioServerOptions options, CancellationToken cancellationToken)
    {
        List<string> lines =
        [
            $"listen=udp:127.0.0.1:{ports.Sip.Number}",
            $"listen=tcp:127.0.0.1:{ports.Sip.Number}",
            $"#!subst \"|NEOLIA_DATABASE|{database.KamailioUrl}|\"",
            $"#!subst \"|NEOLIA_DOMAINS|{string.Join(',', domains)}|\"",
        ];
        if (options.Configuration is { } configuration)
        {
            File.Copy(configuration, Path.Combine(folder, "kamailio.cfg"));
        }
        else
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "kamailio"), "*.cfg"))
                if (Path.GetFileName(file) != LocalValues)
                    File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            await TestAuthority.WriteAsync(Path.Combine(folder, "tls"), domains, cancellationToken);
            lines.Add($"listen=tcp:127.0.0.1:{ports.Ws.Number}");
            lines.Add($"listen=tls:127.0.0.1:{ports.Tls.Number}");
            lines.Add($"listen=tls:127.0.0.1:{ports.Wss.Number}");
            lines.Add("#!define NEOLIA_TLS");
            lines.Add($"#!define NEOLIA_KEEPALIVE_STATE \"{folder}/keepalive_state\"");
            lines.Add($"#!define NEOLIA_CONTROL \"unix:{Path.Combine(folder, ControlSocket)}\"");
        }
        lines.AddRange(options.Defines.Select(define => $"#!define {define.Key} {define.Value}".TrimEnd()));
        await File.WriteAllLinesAsync(Path.Combine(folder, LocalValues), lines, cancellationToken);
    }

    // TCP: the process that accepts its connections is the last to be made.
    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        await using var device = new SipDevice(new SipDeviceOptions
        {
            Server = new IPEndPoint(IPAddress.Loopback, TcpPort),
            Transport = SipTransport.Tcp,
            Username = "probe",
            Domain = _domain,
            RetransmitAfter = TimeSpan.FromMilliseconds(50),
            Timeout = TimeSpan.FromSeconds(1),
        });
        var answer = await device.OptionsAsync(cancellationToken);
        if (answer.StatusCode != 200)
            throw new InvalidOperationException($"OPTIONS was answered {answer.StatusCode}");
        var unconnected = KamailioProcesses.WithoutDatabase(_server.ProcessId, _databasePort);
        if (unconnected.Count > 1)
            throw new InvalidOperationException($"{unconnected.Count} processes have no connection to the database");
    }
}
