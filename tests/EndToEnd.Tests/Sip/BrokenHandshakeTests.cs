using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Neolia.LocalStack.Sip;

namespace Neolia.EndToEnd.Tests.Sip;

/// <summary>Whoever reaches the TLS port can send what he likes; Kamailio's processes share OpenSSL's memory.</summary>
public sealed class BrokenHandshakeTests(RegistrarFixture fixture) : IClassFixture<RegistrarFixture>
{
    // Without the library of kamailio/openssl it went down after 250 to 1,200 connections.
    private const int Clients = 8;
    private const int Rounds = 60;

    private readonly Registrar _registrar = fixture.Registrar;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task By_the_hundred_and_at_a_time_they_end_no_process()
    {
        var server = _registrar.Kamailio.Process.ProcessId;

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(BreakAsync)));

        Assert.True(_registrar.Kamailio.Process.IsRunning, _registrar.Kamailio.Process.Log);
        Assert.Equal(server, _registrar.Kamailio.Process.ProcessId);
        Assert.DoesNotContain("exited by a signal", _registrar.Kamailio.Process.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("BUG", _registrar.Kamailio.Process.Log, StringComparison.Ordinal);
        await using var device = _registrar.Device(await _registrar.AddAccountAsync(), SipTransport.Tls);
        Assert.Equal(200, (await device.RegisterAsync(Cancelled)).StatusCode);
    }

    private async Task BreakAsync()
    {
        for (var round = 0; round < Rounds; round++)
        {
            await OpenAsync(stream => stream.WriteAsync(RandomNumberGenerator.GetBytes(50), Cancelled).AsTask());
            await OpenAsync(stream => GreetAsync(stream, trusts: false));
            await OpenAsync(stream => GreetAsync(stream, trusts: true));
        }
    }

    // Left without a farewell.
    private async Task OpenAsync(Func<NetworkStream, Task> meet)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _registrar.Kamailio.TlsPort, Cancelled);
        try
        {
            await meet(client.GetStream());
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            // Which of the two hangs up first is no matter here.
        }
    }

    private static async Task GreetAsync(NetworkStream stream, bool trusts)
    {
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = Registrar.Domain, AllowTlsResume = false, RemoteCertificateValidationCallback = (_, _, _, _) => trusts },
            Cancelled);
        await tls.WriteAsync("nothing that SIP knows\r\n\r\n"u8.ToArray(), Cancelled);
    }
}
