using System.Net;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>A body sent without saying its length first.</summary>
internal sealed class ChunkedContent(byte[] body) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        for (var sent = 0; sent < body.Length; sent += 1_000)
            await stream.WriteAsync(body.AsMemory(sent, Math.Min(1_000, body.Length - sent)));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
