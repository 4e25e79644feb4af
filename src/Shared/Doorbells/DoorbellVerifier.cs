using Neolia.Functions.Secrets;

namespace Neolia.Functions.Doorbells;

/// <summary>Verifies doorbells with the secrets as they are now.</summary>
public sealed class DoorbellVerifier(ISecrets secrets, TimeProvider clock)
{
    private volatile Known? _known;

    private sealed record Known(string? Text, DoorbellSignature Signature);

    public DoorbellVerdict Verify(string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body)
    {
        var text = secrets.Read(Secret.WebhookSecret);
        if (_known is not { } known || known.Text != text)
            _known = known = new Known(text, new DoorbellSignature(Parse(text), clock));
        return known.Signature.Verify(id, timestamp, signatures, body);
    }

    /// <summary>A malformed secret is none: nothing verifies, and the answer says so.</summary>
    private static IReadOnlyList<byte[]> Parse(string? text)
    {
        try
        {
            return DoorbellSignature.ParseSecrets(text);
        }
        catch (FormatException)
        {
            return [];
        }
    }
}
