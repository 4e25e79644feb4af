namespace Neolia.Functions.Doorbells;

public enum DoorbellVerdict
{
    Genuine,

    /// <summary>No secret is configured, so nothing can be genuine (fail closed).</summary>
    NoSecret,

    MissingHeaders,

    /// <summary>The timestamp is not a number of seconds, or further than 300 s from now.</summary>
    OutsideTolerance,

    WrongSignature,
}
