using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Neolia.LocalStack.Supervision;

namespace Neolia.Package.Tests.EdgeFunction;

/// <summary>Something in the function app's place that answers as a test wants it.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LoopbackPort _port = LoopbackPort.Claim();

    private Backend(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port.Number));
        _app = builder.Build();
        _app.Run(answer);
    }

    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port.Number}"));

    public static async Task<Backend> StartAsync(RequestDelegate answer)
    {
        var backend = new Backend(answer);
        await backend._app.StartAsync(TestContext.Current.CancellationToken);
        return backend;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _port.Dispose();
    }
}
