using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Neolia.EndToEnd.Tests.Sip;

public sealed class CertificateTests(RegistrarFixture fixture) : IClassFixture<RegistrarFixture>
{
    private readonly Registrar _registrar = fixture.Registrar;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_renewed_certificate_is_served_without_a_restart()
    {
        var old = await ServedAsync();

        await _registrar.Kamailio.RenewCertificateAsync(Cancelled);

        var file = Path.Combine(Path.GetDirectoryName(_registrar.Kamailio.CertificateAuthorityPath)!, "certificate.pem");
        using var renewed = X509CertificateLoader.LoadCertificateFromFile(file);
        Assert.NotEqual(old, renewed.Thumbprint);
        Assert.Equal(renewed.Thumbprint, await ServedAsync());
    }

    // Each authority signs under the same name: only the present one's key vouches for what is served.
    private async Task<string> ServedAsync()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _registrar.Kamailio.TlsPort, Cancelled);
        await using var tls = new SslStream(client.GetStream());
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(_registrar.Kamailio.CertificateAuthority);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = Registrar.Domain, AllowTlsResume = false, CertificateChainPolicy = trust },
            Cancelled);
        return tls.RemoteCertificate!.GetCertHashString();
    }
}
