using System.Net;
using System.Net.Sockets;
using System.Text;
using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Calls;

/// <summary>What is no SIP, or only nearly: calls of others go on as if it had not come.</summary>
public sealed class MalformedTests(CallsFixture fixture) : IClassFixture<CallsFixture>, IAsyncLifetime
{
    private const string Via = "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx\r\n";

    private readonly Town _town = fixture.NewTown();
    private House _house = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static byte[][] Garbage =>
    [
        .. from text in (string[])
           [
               "\0\0\0\0", "\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "INVITE", "INVITE sip:401@sip.neolia.app SIP/2.0\r\n\r\n",
               $"INVITE sip:401@sip.neolia.app SIP/2.0\r\n{Via}From: <sip:a@sip.neolia.app\r\nTo: x\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n",
               $"INVITE sip:401@sip.neolia.app SIP/2.0\r\n{Via}From: <sip:a@sip.neolia.app>;tag=1\r\nTo: <sip:401@sip.neolia.app>\r\nCall-ID: 1\r\nCSeq: 99999999999 INVITE\r\nContent-Length: -1\r\n\r\n",
               $"INVITE sip:401@sip.neolia.app SIP/2.0\r\n{Via}From: <sip:a@sip.neolia.app>;tag=1\r\nTo: <sip:401@sip.neolia.app>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContent-Length: 2147483647\r\n\r\n",
               $"REGISTER sip:sip.neolia.app SIP/2.0\r\n{Via}From: <sip:a@sip.neolia.app>;tag=1\r\nTo: <sip:a@sip.neolia.app>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\nAuthorization: Digest {new string(',', 5000)}\r\nContent-Length: 0\r\n\r\n",
               $"BYE sip:401@sip.neolia.app SIP/2.0\r\n{string.Concat(Enumerable.Repeat(Via, 200))}From: <sip:a@sip.neolia.app>;tag=1\r\nTo: <sip:b@sip.neolia.app>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 BYE\r\nMax-Forwards: 0\r\nContent-Length: 0\r\n\r\n",
               $"SIP/2.0 200 OK\r\n{Via}From: <sip:a@sip.neolia.app>;tag=1\r\nTo: <sip:b@sip.neolia.app>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n",
           ]
           select Encoding.Latin1.GetBytes(text),
    ];

    public async ValueTask InitializeAsync()
    {
        _house = await _town.AddHouseAsync(panel: SipTransport.Wss);
        await _town.SettledAsync();
    }

    [Fact]
    public async Task Datagrams()
    {
        using var sender = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        foreach (var datagram in Garbage)
            await sender.SendAsync(datagram, new IPEndPoint(IPAddress.Loopback, _town.Kamailio.UdpPort), Cancelled);

        await _town.RingsAsync(_house.Station, "401", _house.Panel);
    }

    [Theory]
    [InlineData(SipTransport.Tcp)]
    [InlineData(SipTransport.Tls)]
    [InlineData(SipTransport.Ws)]
    public async Task Connections(SipTransport transport)
    {
        var connections = new List<TcpClient>();
        foreach (var bytes in Garbage)
        {
            var connection = new TcpClient();
            connections.Add(connection);
            await connection.ConnectAsync(_town.AddressOf(transport), Cancelled);
            await connection.GetStream().WriteAsync(bytes, Cancelled);
        }

        // While they are open, and after.
        await _town.RingsAsync(_house.Station, "401", _house.Panel);
        connections.ForEach(connection => connection.Dispose());
        await _town.RingsAsync(_house.Station, "401", _house.Panel);
    }

    public ValueTask DisposeAsync() => _town.DisposeAsync();
}
