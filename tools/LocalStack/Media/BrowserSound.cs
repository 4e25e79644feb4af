namespace Neolia.LocalStack.Media;

/// <summary>The peer connection's own statistics (W3C, Identifiers for WebRTC's Statistics API).</summary>
/// <param name="Received">Packets of sound that came in.</param>
/// <param name="Sent">Packets of sound that went out.</param>
/// <param name="Energy">totalAudioEnergy of what came in: 0 is silence.</param>
/// <param name="Codec">MIME type of what came in, such as audio/PCMU.</param>
/// <param name="Dtls">State of the encrypted transport: connected.</param>
public sealed record BrowserSound(long Received, long Sent, double Energy, string? Codec, string? Dtls);
