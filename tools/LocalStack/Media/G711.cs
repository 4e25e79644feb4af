namespace Neolia.LocalStack.Media;

/// <summary>PCMU, the µ-law of G.711: eight thousand samples a second, one byte each (RFC 3551, 4.5.14).</summary>
public static class G711
{
    public const int SampleRate = 8_000;

    /// <summary>Payload type of PCMU in RTP.</summary>
    public const byte PayloadType = 0;

    private const int Bias = 0x84;
    private const int Loudest = 32_635;

    public static byte Encode(short sample)
    {
        var sign = sample < 0 ? 0x80 : 0;
        var magnitude = Math.Min(Math.Abs((int)sample), Loudest) + Bias;
        var exponent = Math.Max(0, int.Log2(magnitude) - 7);
        return (byte)~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0F));
    }

    public static short Decode(byte code)
    {
        var bits = (byte)~code;
        var magnitude = ((((bits & 0x0F) << 3) + Bias) << ((bits >> 4) & 7)) - Bias;
        return (short)((bits & 0x80) == 0 ? magnitude : -magnitude);
    }
}
