using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Neolia.LocalStack.Supervision;

namespace Neolia.LocalStack.Media;

/// <summary>A private rtpengine in user space: no kernel module, no iptables, media on 127.0.0.1 only.</summary>
public sealed class RtpEngineServer : IAsyncDisposable
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(20);

    // Below what LoopbackPort gives away. Two daemons may share a range: one that finds a port taken takes the next.
    private const int FirstMediaPort = 12_000;
    private const int LastMediaPort = 19_999;

    private readonly SupervisedServer _server;
    private readonly LoopbackPort _control;

    private RtpEngineServer(SupervisedServer server, LoopbackPort control)
    {
        _server = server;
        _control = control;
    }

    /// <summary>The ng control socket as Kamailio's rtpengine module wants it, udp:127.0.0.1:port.</summary>
    public string ControlSocket => string.Create(CultureInfo.InvariantCulture, $"udp:127.0.0.1:{_control.Number}");

    public SupervisedServer Process => _server;

    public static Task<RtpEngineServer> StartAsync(CancellationToken cancellationToken) =>
        LoopbackPort.RetryWhenLostAsync(() => StartOnceAsync(cancellationToken));

    /// <summary>Ends it, without a word to those who are talking; <see cref="StartAgainAsync"/> uses the same socket.</summary>
    public Task StopAsync(CancellationToken cancellationToken) =>
        _server.StopAsync("TERM", TimeSpan.FromSeconds(5), cancellationToken);

    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        await _server.StartAsync(cancellationToken);
        await Readiness.WaitAsync(_server, PingAsync, ReadyDeadline, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _control.Dispose();
    }

    private static async Task<RtpEngineServer> StartOnceAsync(CancellationToken cancellationToken)
    {
        var rtpengine = DebianBinary.Find("rtpengine", "rtpengine-daemon");
        var control = LoopbackPort.Claim();
        var folder = ServerCommand.NewFolder("rtpengine");
        SupervisedServer? server = null;
        try
        {
            server = await SupervisedServer.PrepareAsync(
                new ServerCommand
                {
                    Name = "rtpengine",
                    Folder = folder,
                    Command =
                    [
                        rtpengine, "--config-file=none", "--foreground", "--log-stderr", "--table=-1",
                        "--interface=127.0.0.1",
                        string.Create(CultureInfo.InvariantCulture, $"--listen-ng=127.0.0.1:{control.Number}"),
                        string.Create(CultureInfo.InvariantCulture, $"--port-min={FirstMediaPort}"),
                        string.Create(CultureInfo.InvariantCulture, $"--port-max={LastMediaPort}"),
                    ],
                },
                cancellationToken);
            var instance = new RtpEngineServer(server, control);
            await instance.StartAgainAsync(cancellationToken);
            return instance;
        }
        catch
        {
            if (server is not null)
                await server.DisposeAsync();
            control.Dispose();
            throw;
        }
    }

    // The ng protocol: a cookie, a blank, and a bencoded dictionary; the answer carries the same cookie.
    private async Task PingAsync(CancellationToken cancellationToken)
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Connect(IPAddress.Loopback, _control.Number);
        await socket.SendAsync("probe d7:command4:pinge"u8.ToArray(), cancellationToken);
        var answer = Encoding.ASCII.GetString((await socket.ReceiveAsync(cancellationToken)).Buffer);
        if (answer != "probe d6:result4:ponge")
            throw new InvalidOperationException($"ping was answered {answer}");
    }
}
