using Microsoft.AspNetCore.Http;

namespace Neolia.FunctionsHost;

/// <summary>The platform's CORS: preflights never reach the handler.</summary>
internal static class HostCors
{
    /// <summary>True: it was a preflight, and it is answered.</summary>
    public static bool Answers(HttpContext context, IReadOnlyList<string> allowedOrigins)
    {
        var (request, response) = (context.Request, context.Response);
        if (request.Headers.Origin.ToString() is not { Length: > 0 } origin)
            return false;
        var preflight = HttpMethods.IsOptions(request.Method) && request.Headers.ContainsKey("Access-Control-Request-Method");
        if (allowedOrigins.Contains(origin, StringComparer.Ordinal))
        {
            response.Headers.AccessControlAllowOrigin = origin;
            response.Headers.Vary = "Origin";
            if (preflight)
            {
                response.Headers.AccessControlAllowMethods = request.Headers.AccessControlRequestMethod;
                response.Headers.AccessControlAllowHeaders = request.Headers.AccessControlRequestHeaders;
            }
        }

        if (preflight)
            response.StatusCode = StatusCodes.Status204NoContent;
        return preflight;
    }
}
