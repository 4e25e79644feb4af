using System.Net;
using System.Net.Sockets;

namespace Neolia.LocalStack.Supervision;

/// <summary>
/// A port that is free on 127.0.0.1 for TCP and UDP, ours until disposed. Our own stacks never meet on one: each
/// claim is an abstract socket that dies with its process. Strangers can still be faster than the server's bind;
/// <see cref="RetryWhenLostAsync{T}"/> is for that.
/// </summary>
public sealed class LoopbackPort : IDisposable
{
    // Below Linux' range for outgoing connections (32768-60999), which would take ports from under us.
    private const int First = 20_000;
    private const int Last = 32_000;
    private const int Attempts = 3;

    private readonly Socket _claim;

    private LoopbackPort(int number, Socket claim)
    {
        Number = number;
        _claim = claim;
    }

    public int Number { get; }

    public static LoopbackPort Claim()
    {
        for (var attempt = 0; attempt < 1_000; attempt++)
        {
            var number = Random.Shared.Next(First, Last);
            var claim = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                claim.Bind(new UnixDomainSocketEndPoint($"\0neolia-port-{number}"));
                if (IsFree(number, SocketType.Stream, ProtocolType.Tcp) && IsFree(number, SocketType.Dgram, ProtocolType.Udp))
                    return new LoopbackPort(number, claim);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another stack has claimed it: the next number.
            }
            claim.Dispose();
        }
        throw new InvalidOperationException($"no free loopback port between {First} and {Last}");
    }

    /// <summary>Runs a start again, which must claim new ports, when a stranger took one of them.</summary>
    public static async Task<T> RetryWhenLostAsync<T>(Func<Task<T>> start)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await start();
            }
            catch (ServerStartException e) when (e.LostItsPort && attempt < Attempts)
            {
                // Claimed anew by the next attempt.
            }
        }
    }

    public void Dispose() => _claim.Dispose();

    private static bool IsFree(int number, SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, number));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
