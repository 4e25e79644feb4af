using System.Net;
using System.Net.Http.Headers;

namespace Neolia.FunctionsHost;

/// <summary>An invocation as JSON, POST /NAME.</summary>
internal static class Invocation
{
    public static HttpRequestMessage Post(string function, byte[] payload)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/{function}", UriKind.Relative)) { Content = new Chunks(payload) };
        Identify(request);
        return request;
    }

    /// <summary>The headers that every request from the host carries.</summary>
    public static void Identify(HttpRequestMessage request)
    {
        var id = Guid.NewGuid().ToString();
        request.Headers.Add("X-Azure-Functions-InvocationId", id);
        request.Headers.Add("x-ms-invocation-id", id);
    }

    /// <summary>A body whose length is not told before.</summary>
    private sealed class Chunks : HttpContent
    {
        private readonly byte[] _payload;

        public Chunks(byte[] payload)
        {
            _payload = payload;
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(_payload).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
