using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Neolia.LocalStack.Media;

/// <summary>
/// What a station does with sound, without a microphone: plain RTP with PCMU, a tone in one direction, counted and
/// measured in the other (RFC 3550, 5.1). It listens from the beginning and sends after <see cref="StartSending"/>.
/// </summary>
public sealed class RtpParty : IAsyncDisposable
{
    private const int HeaderLength = 12;
    private const int SamplesPerPacket = 160;
    private const double ToneHertz = 440;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _receiving;
    private Task _sending = Task.CompletedTask;
    private long _received;
    private long _sent;
    private int _loudest;

    public RtpParty()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _receiving = ReceiveAsync();
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Well-formed RTP packets of PCMU; anything else that arrives is not counted.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>The loudest sample heard, 0 to 32,767: silence is no sound, however many packets carry it.</summary>
    public int Loudest => Volatile.Read(ref _loudest);

    /// <summary>An offer or answer for this party's sound (RFC 4566).</summary>
    public string Sdp => string.Create(CultureInfo.InvariantCulture, $"""
        v=0
        o=- {Port} 1 IN IP4 127.0.0.1
        s=-
        c=IN IP4 127.0.0.1
        t=0 0
        m=audio {Port} RTP/AVP 0
        a=rtpmap:0 PCMU/8000
        a=ptime:20
        a=sendrecv

        """).ReplaceLineEndings("\r\n");

    /// <summary>Where the other side's SDP wants its sound.</summary>
    public static IPEndPoint MediaOf(string sdp)
    {
        var lines = sdp.Split('\n', StringSplitOptions.TrimEntries);
        string Value(string prefix) => lines.FirstOrDefault(line => line.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..]
            ?? throw new FormatException($"The SDP has no line {prefix}\n{sdp}");
        return new IPEndPoint(
            IPAddress.Parse(Value("c=IN IP4 ")),
            int.Parse(Value("m=audio ").Split(' ')[0], CultureInfo.InvariantCulture));
    }

    public void StartSending(IPEndPoint destination) => _sending = SendAsync(destination);

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await Task.WhenAll(_sending, _receiving);
        _socket.Dispose();
        _closing.Dispose();
    }

    private async Task SendAsync(IPEndPoint destination)
    {
        var packet = new byte[HeaderLength + SamplesPerPacket];
        var source = Random.Shared.Next();
        using var timer = new PeriodicTimer(Interval);
        try
        {
            for (uint number = 0; ; number++)
            {
                WriteHeader(packet, number, source);
                for (var i = 0; i < SamplesPerPacket; i++)
                    packet[HeaderLength + i] = G711.Encode(Tone(number * SamplesPerPacket + i));
                Interlocked.Increment(ref _sent); // First: nobody may hear more than was counted.
                await _socket.SendToAsync(packet, destination, _closing.Token);
                await timer.WaitForNextTickAsync(_closing.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Closed.
        }
    }

    private static void WriteHeader(Span<byte> packet, uint number, int source)
    {
        packet[0] = 0x80; // Version 2, nothing else.
        packet[1] = (byte)(G711.PayloadType | (number == 0 ? 0x80 : 0)); // The marker begins a talk spurt.
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)number);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], number * SamplesPerPacket);
        BinaryPrimitives.WriteInt32BigEndian(packet[8..], source);
    }

    private static short Tone(long sample) => (short)(12_000 * Math.Sin(2 * Math.PI * ToneHertz * sample / G711.SampleRate));

    private async Task ReceiveAsync()
    {
        var buffer = new byte[2_048];
        while (true)
        {
            try
            {
                var length = await _socket.ReceiveAsync(buffer, _closing.Token);
                if (length > HeaderLength && buffer[0] >> 6 == 2 && (buffer[1] & 0x7F) == G711.PayloadType)
                    Hear(buffer.AsSpan(HeaderLength, length - HeaderLength));
            }
            catch (SocketException)
            {
                // ICMP "port unreachable" from a relay that has ended shows up here.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Hear(ReadOnlySpan<byte> samples)
    {
        foreach (var code in samples)
            Volatile.Write(ref _loudest, Math.Max(_loudest, Math.Abs((int)G711.Decode(code))));
        Interlocked.Increment(ref _received);
    }
}
