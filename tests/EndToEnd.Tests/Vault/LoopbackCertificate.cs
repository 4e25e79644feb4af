using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Neolia.EndToEnd.Tests.Vault;

/// <summary>A certificate for localhost that a process trusts which finds its file in <c>SSL_CERT_FILE</c>.</summary>
internal sealed class LoopbackCertificate : IDisposable
{
    private LoopbackCertificate(X509Certificate2 withKey, string file) => (WithKey, File) = (withKey, file);

    public X509Certificate2 WithKey { get; }

    /// <summary>The certificate alone, as PEM.</summary>
    public string File { get; }

    public static LoopbackCertificate Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddDays(1));

        var file = Path.GetTempFileName();
        System.IO.File.WriteAllText(file, certificate.ExportCertificatePem());
        return new LoopbackCertificate(certificate, file);
    }

    public void Dispose()
    {
        System.IO.File.Delete(File);
        WithKey.Dispose();
    }
}
