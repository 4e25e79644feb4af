using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Neolia.LocalStack.Supervision;

namespace Neolia.FunctionsHost;

/// <summary>The side that clients see: routes, methods, keys and CORS, before the handler sees anything.</summary>
internal sealed class HttpFront : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LoopbackPort _port;
    private readonly FunctionsHostOptions _options;
    private readonly string _functionKey;
    private readonly HttpForwarder _forwarder;
    private readonly IReadOnlyList<(HostedFunction.Http Function, TemplateMatcher Matcher)> _routes;

    private HttpFront(FunctionsHostOptions options, string functionKey, HandlerSender sender, LoopbackPort port)
    {
        (_options, _functionKey, _port) = (options, functionKey, port);
        _forwarder = new HttpForwarder(options.Package.Host.HttpMode, sender);
        _routes =
        [
            .. from function in options.Package.Functions.OfType<HostedFunction.Http>()
               orderby function.Route.Parameters.Count // A literal wins over a parameter.
               select (function, new TemplateMatcher(function.Route, [])),
        ];
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port.Number);
            kestrel.Limits.MaxRequestBodySize = 210 * 1024 * 1024; // As the real host's.
            kestrel.Limits.MinRequestBodyDataRate = null;
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port.Number}"));

    public static async Task<HttpFront> StartAsync(FunctionsHostOptions options, string functionKey, HandlerSender sender, CancellationToken cancellationToken)
    {
        var front = new HttpFront(options, functionKey, sender, LoopbackPort.Claim());
        await front._app.StartAsync(cancellationToken);
        return front;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _port.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (HostCors.Answers(context, _options.AllowedOrigins))
            return;
        var function = Find(context.Request);
        if (function is null)
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        else if (function.AuthLevel != "anonymous" && !HasKey(context.Request))
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        else
            await _forwarder.ForwardAsync(function, context);
    }

    /// <summary>A method that the function doesn't have is not found either.</summary>
    private HostedFunction.Http? Find(HttpRequest request) =>
        _routes.FirstOrDefault(route =>
            route.Matcher.TryMatch(request.Path, []) && (route.Function.Methods.Count == 0 || route.Function.Methods.Contains(request.Method))).Function;

    private bool HasKey(HttpRequest request) =>
        request.Query["code"] == _functionKey || request.Headers["x-functions-key"] == _functionKey;
}
