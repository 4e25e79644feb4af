using System.Buffers.Binary;
using System.Text;

namespace Neolia.EndToEnd.Tests.Telemetry;

/// <summary>A message of protocol buffers, read by its fields' numbers (protobuf.dev/programming-guides/encoding).</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    public ProtoMessage(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var tag = TakeVarint(ref bytes);
            var (number, length) = (tag & 7) switch
            {
                0 => (TakeVarint(ref bytes), 0),
                1 => (BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span), 8),
                5 => (BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span), 4),
                2 => (0UL, (int)TakeVarint(ref bytes)),
                var type => throw new InvalidDataException($"Wire type {type}."),
            };
            _fields.Add(((int)(tag >> 3), number, bytes[..length]));
            bytes = bytes[length..];
        }
    }

    public IEnumerable<ProtoMessage> All(int field) => Bytes(field).Select(bytes => new ProtoMessage(bytes));

    public string Text(int field) => Bytes(field).Select(bytes => Encoding.UTF8.GetString(bytes.Span)).LastOrDefault("");

    public string Hex(int field) => Bytes(field).Select(bytes => Convert.ToHexStringLower(bytes.Span)).LastOrDefault("");

    /// <summary>Null when the field is absent.</summary>
    public ulong? Number(int field) => _fields.Where(f => f.Field == field).Select(f => (ulong?)f.Number).LastOrDefault();

    public double? Double(int field) => Number(field) is { } bits ? BitConverter.UInt64BitsToDouble(bits) : null;

    private IEnumerable<ReadOnlyMemory<byte>> Bytes(int field) => _fields.Where(f => f.Field == field).Select(f => f.Bytes);

    private static ulong TakeVarint(ref ReadOnlyMemory<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes.Span[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
