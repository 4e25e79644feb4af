using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;

namespace Neolia.FunctionsHost;

/// <summary>Hands a client's request to the handler in the way that host.json says, and its answer back.</summary>
internal sealed class HttpForwarder(HttpMode mode, HandlerSender sender)
{
    /// <summary>The platform's load balancer cuts a request then.</summary>
    private static readonly TimeSpan Cut = TimeSpan.FromSeconds(230);

    // Of one connection only (RFC 9110, 7.6.1).
    private static readonly string[] HopByHop = ["Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade"];

    public async Task ForwardAsync(HostedFunction.Http function, HttpContext context)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(Cut);
        try
        {
            var way = function.OnlyHttp ? mode : HttpMode.Payload;
            var body = way == HttpMode.Proxying ? null : await ReadAsync(context.Request, deadline.Token);
            using var answer = way == HttpMode.Payload
                ? await sender.SendAsync(function.Name, () => Invocation.Post(function.Name, Payload(function, context.Request, body!)), replays: false, deadline.Token)
                : await sender.SendAsync(
                    function.Name, () => Copy(context.Request, body), replays: way == HttpMode.Proxying && HttpMethods.IsGet(context.Request.Method), deadline.Token);
            await CopyAsync(answer, context.Response, deadline.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            Give(context, StatusCodes.Status504GatewayTimeout);
        }
        catch (OperationCanceledException)
        {
            // The client has gone.
        }
        catch (HandlerGoneException)
        {
            Give(context, StatusCodes.Status503ServiceUnavailable);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or BadHttpRequestException)
        {
            Give(context, exception is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status502BadGateway);
        }
    }

    private static void Give(HttpContext context, int status)
    {
        if (context.Response.HasStarted)
            context.Abort();
        else
            context.Response.StatusCode = status;
    }

    private static HttpRequestMessage Copy(HttpRequest from, byte[]? body)
    {
        var to = new HttpRequestMessage(new HttpMethod(from.Method), new Uri(from.GetEncodedPathAndQuery(), UriKind.Relative));
        if (body is { Length: > 0 })
            to.Content = new ByteArrayContent(body);
        else if (body is null && from.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
            to.Content = new StreamContent(from.Body);

        foreach (var (name, values) in from.Headers.Where(header => !HopByHop.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            // A stream keeps the length that the client told, or is sent in chunks as it came.
            if (!to.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                to.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        Invocation.Identify(to);
        if (body is null)
        {
            to.Headers.Host = null; // The handler's own.
            to.Headers.Add("X-Forwarded-For", from.HttpContext.Connection.RemoteIpAddress!.ToString());
            to.Headers.Add("X-Forwarded-Host", from.Host.Value);
            to.Headers.Add("X-Forwarded-Proto", from.Scheme);
        }

        return to;
    }

    private static async Task CopyAsync(HttpResponseMessage from, HttpResponse to, CancellationToken cancellationToken)
    {
        to.StatusCode = (int)from.StatusCode;
        foreach (var (name, values) in from.Headers.Concat(from.Content.Headers).Where(header => !HopByHop.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
            to.Headers[name] = values.ToArray();
        await from.Content.CopyToAsync(to.Body, cancellationToken);
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        return body.ToArray();
    }

    private static byte[] Payload(HostedFunction.Http function, HttpRequest request, byte[] body) =>
        Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
        {
            Data = new Dictionary<string, object>
            {
                [function.Binding] = new
                {
                    Url = request.GetEncodedUrl(),
                    request.Method,
                    Query = request.Query.ToDictionary(q => q.Key, q => q.Value.ToString()),
                    Headers = request.Headers.ToDictionary(h => h.Key, h => h.Value.ToArray()),
                    Body = Encoding.UTF8.GetString(body),
                },
            },
            Metadata = new { },
        }));
}
