using System.Net;

namespace Neolia.LocalStack.Media;

/// <summary>What a <see cref="BrowserPhone"/> can reach. Nothing else exists for it.</summary>
public sealed record BrowserPhoneOptions
{
    /// <summary>The address that the phone knows, wss://sip.neolia.app:8443 for example; its name must be in the certificate.</summary>
    public required Uri WsServers { get; init; }

    /// <summary>Where that really is.</summary>
    public required IPEndPoint Address { get; init; }

    /// <summary>File with the certificate of the authority to trust.</summary>
    public required string AuthorityPem { get; init; }
}
