namespace Neolia.Functions.Hosting;

internal static class BoundedBody
{
    public const int MaxBytes = 64 * 1024;

    /// <summary>The body, or null when it is larger than 64 KiB. Not more than that is ever read.</summary>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MaxBytes)
            return null;

        using var body = new MemoryStream();
        var buffer = new byte[8 * 1024];
        while (await request.Body.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            if (body.Length + read > MaxBytes)
                return null;
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }
}
