using Neolia.LocalStack.Supervision;

namespace Neolia.LocalStack.Kamailio;

/// <summary>The ports of one Kamailio: UDP and TCP share a number, as 5060 does.</summary>
internal sealed class KamailioPorts : IDisposable
{
    public LoopbackPort Sip { get; } = LoopbackPort.Claim();

    public LoopbackPort Tls { get; } = LoopbackPort.Claim();

    public LoopbackPort Ws { get; } = LoopbackPort.Claim();

    public LoopbackPort Wss { get; } = LoopbackPort.Claim();

    public void Dispose()
    {
        Sip.Dispose();
        Tls.Dispose();
        Ws.Dispose();
        Wss.Dispose();
    }
}
