using System.Net;
using System.Net.Sockets;

namespace Neolia.Bench.Reconcile;

/// <summary>Stands between the app and a server on loopback, and counts what goes through to the app.</summary>
internal sealed class CountingWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly int _serverPort;
    private readonly Task _accepting;
    private long _bytes;

    public CountingWire(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Since it was asked last.</summary>
    public long TakeBytes() => Interlocked.Exchange(ref _bytes, 0);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Dispose();
        await _accepting.ContinueWith(_ => { }, TaskScheduler.Default);
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        while (!_ended.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(_ended.Token);
            connections.RemoveAll(c => c.IsCompleted);
            connections.Add(ConnectAsync(client));
        }
    }

    private async Task ConnectAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient { NoDelay = true })
        {
            client.NoDelay = true;
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, _ended.Token);
            await Task.WhenAny(CopyAsync(client, server, isToApp: false), CopyAsync(server, client, isToApp: true));
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, bool isToApp)
    {
        var buffer = new byte[256 * 1024];
        try
        {
            int read;
            while ((read = await from.GetStream().ReadAsync(buffer, _ended.Token)) > 0)
            {
                Interlocked.Add(ref _bytes, isToApp ? read : 0);
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _ended.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The app was done and closed it from its side.
        }
    }
}
