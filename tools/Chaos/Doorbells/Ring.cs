using System.Net;
using System.Net.Http.Headers;

namespace Neolia.Chaos.Doorbells;

/// <summary>A doorbell as it came, to be sent on byte by byte: its signature covers it.</summary>
internal sealed record Ring(byte[] Body, IReadOnlyList<(string Name, string Value)> Headers)
{
    public static async Task<Ring> ReadAsync(HttpListenerRequest request)
    {
        using var body = new MemoryStream();
        await request.InputStream.CopyToAsync(body);
        return new Ring(
            body.ToArray(),
            [.. request.Headers.AllKeys.Where(name => name?.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase) == true).Select(name => (name!, request.Headers[name]!))]);
    }

    public HttpRequestMessage To(Uri url)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }
}
