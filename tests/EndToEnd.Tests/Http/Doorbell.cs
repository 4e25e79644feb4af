using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>A webhook as Supabase, or somebody who pretends to be it, sends one (standardwebhooks.com).</summary>
internal sealed class Doorbell
{
    public static readonly byte[] UsualBody = """{"type":"UPDATE","table":"sip_accounts","schema":"public","record":{"id":null},"old_record":{"id":null}}"""u8.ToArray();

    public byte[] Body { get; init; } = UsualBody;

    public string? Id { get; init; } = $"msg_{Guid.NewGuid()}";

    public string? Timestamp { get; init; } = At(TimeSpan.Zero);

    /// <summary>Value of the header; see <see cref="SignedWith"/>.</summary>
    public string? Signature { get; init; }

    /// <summary>Without Content-Length.</summary>
    public bool Chunked { get; init; }

    /// <summary>A timestamp so far from now.</summary>
    public static string At(TimeSpan offset) => (DateTimeOffset.UtcNow + offset).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>The same with a genuine signature for each secret.</summary>
    public Doorbell SignedWith(params string[] secrets) => new()
    {
        Body = Body,
        Id = Id,
        Timestamp = Timestamp,
        Chunked = Chunked,
        Signature = string.Join(' ', secrets.Select(SignatureOf)),
    };

    public string SignatureOf(string secret)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{Id}.{Timestamp}."), .. Body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), signed));
    }

    public Task<Answer> RingAsync(AppClient app)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/webhooks/supabase") { Content = Chunked ? new ChunkedContent(Body) : new ByteArrayContent(Body) };
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[("webhook-id", Id), ("webhook-timestamp", Timestamp), ("webhook-signature", Signature)])
        {
            if (value is not null)
                request.Headers.TryAddWithoutValidation(name, value);
        }

        return app.SendAsync(request);
    }
}
