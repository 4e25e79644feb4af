using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Neolia.Chaos.Workers;

namespace Neolia.Chaos.Wire;

/// <summary>Stands on loopback between the processes of one slot and one database.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _server;
    private readonly Func<StepMarks> _marks;
    private readonly Func<Life?> _life;
    private readonly WireFaults _faults;
    private readonly ConcurrentDictionary<ProxiedConnection, bool> _open = new();
    private readonly Task _accepting;

    /// <param name="life">Whose connections they are that are made now.</param>
    public FaultProxy(int serverPort, Func<StepMarks> marks, Func<Life?> life, WireFaults faults)
    {
        _server = new IPEndPoint(IPAddress.Loopback, serverPort);
        (_marks, _life, _faults) = (marks, life, faults);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(64);
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Ends what was doomed, so that nothing of it outlasts the faults.</summary>
    public void CutDoomed()
    {
        foreach (var connection in _open.Keys.Where(connection => connection.IsDoomed))
            connection.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        foreach (var connection in _open.Keys)
            connection.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptAsync();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }

            var connection = new ProxiedConnection(client, _server, _marks(), _life(), _faults.Draw());
            _open.TryAdd(connection, true);
            _ = connection.RunAsync().ContinueWith(_ => _open.TryRemove(connection, out var _), TaskScheduler.Default);
        }
    }
}
