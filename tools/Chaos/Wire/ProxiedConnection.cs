using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Neolia.Chaos.Workers;

namespace Neolia.Chaos.Wire;

/// <summary>One connection: carries both directions, tells its process' life of the steps, and does to it what its fate says.</summary>
internal sealed class ProxiedConnection(
    Socket client, IPEndPoint address, StepMarks marks, Life? life, (Fate Fate, int AfterBytes, TimeSpan Delay) fate) : IDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly TaskCompletionSource _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _asked = -1;
    private long _carried;

    public bool IsDoomed => fate.Fate != Fate.None;

    public async Task RunAsync()
    {
        try
        {
            client.NoDelay = true;
            await _server.ConnectAsync(address);
            await Task.WhenAny(CarryAsync(client, _server, PassRequestsAsync), CarryAsync(_server, client, PassAnswersAsync));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Either end was killed: the other one is told below.
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Both ends are told at once, like by a reset.</summary>
    public void Dispose()
    {
        _cut.TrySetResult();
        client.Close(0);
        _server.Close(0);
    }

    private async Task CarryAsync(Socket from, Socket to, Func<ReadOnlyMemory<byte>, ValueTask<bool>> pass)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await from.ReceiveAsync(buffer, SocketFlags.None) is var count and > 0)
            {
                if (!await SufferAsync(count, to) || !await pass(buffer.AsMemory(0, count)))
                    return;
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // As above.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<bool> PassRequestsAsync(ReadOnlyMemory<byte> requests)
    {
        var step = marks.Find(requests.Span);
        if (step is { } asked && life is not null)
        {
            if (!await life.PassesAsync(asked, Moment.Asked))
                return false;
            Volatile.Write(ref _asked, (int)asked);
        }

        await SendAsync(_server, requests);
        return true;
    }

    private async ValueTask<bool> PassAnswersAsync(ReadOnlyMemory<byte> answers)
    {
        var asked = Interlocked.Exchange(ref _asked, -1);
        if (asked < 0 || life is null)
        {
            await SendAsync(client, answers);
            return true;
        }

        if (!await life.PassesAsync((DrainStep)asked, Moment.Done))
            return false;
        await SendAsync(client, answers);
        return await life.PassesAsync((DrainStep)asked, Moment.Answered);
    }

    /// <summary>False when the connection has no future.</summary>
    private async ValueTask<bool> SufferAsync(int count, Socket to)
    {
        var isDue = (_carried += count) > fate.AfterBytes;
        switch (fate.Fate)
        {
            case Fate.Slow:
                await Task.WhenAny(Task.Delay(fate.Delay), _cut.Task);
                return true;
            case Fate.Cut when isDue:
                return false;
            case Fate.HalfClosed when isDue && to == _server:
                _server.Shutdown(SocketShutdown.Send);
                await _cut.Task;
                return false;
            case Fate.Silent when isDue:
                await _cut.Task;
                return false;
            default:
                return true;
        }
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await to.SendAsync(bytes, SocketFlags.None)..];
    }
}
