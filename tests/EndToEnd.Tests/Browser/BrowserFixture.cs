using System.Net;
using Neolia.LocalStack;
using Neolia.LocalStack.Kamailio;
using Neolia.LocalStack.Media;

namespace Neolia.EndToEnd.Tests.Browser;

/// <summary>A Kamailio of its own over the database that all tests share, with an rtpengine at its side.</summary>
public sealed class BrowserFixture(StackFixture shared) : IAsyncLifetime
{
    private RtpEngineServer? _rtpEngine;
    private KamailioServer? _kamailio;

    public Stack Stack => shared.Stack;

    public RtpEngineServer RtpEngine => _rtpEngine ?? throw new InvalidOperationException("rtpengine has not started.");

    public KamailioServer Kamailio => _kamailio ?? throw new InvalidOperationException("Kamailio has not started.");

    public async ValueTask InitializeAsync()
    {
        _rtpEngine = await RtpEngineServer.StartAsync(CancellationToken.None);
        _kamailio = await KamailioServer.StartAsync(
            Stack.KamailioDatabase,
            ["sip.neolia.app"],
            CancellationToken.None,
            new KamailioServerOptions { Defines = new Dictionary<string, string> { ["NEOLIA_RTPENGINE"] = $"\"{_rtpEngine.ControlSocket}\"" } });
    }

    /// <summary>A browser that reaches this Kamailio, and nothing else, under the address that the app hands out.</summary>
    public Task<BrowserPhone> OpenPhoneAsync(Uri wsServers, string? authorityPem = null) => BrowserPhone.OpenAsync(
        new BrowserPhoneOptions
        {
            WsServers = wsServers,
            Address = new IPEndPoint(IPAddress.Loopback, Kamailio.WssPort),
            AuthorityPem = authorityPem ?? Kamailio.CertificateAuthorityPath,
        },
        TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_kamailio is not null)
            await _kamailio.DisposeAsync();
        if (_rtpEngine is not null)
            await _rtpEngine.DisposeAsync();
    }
}
