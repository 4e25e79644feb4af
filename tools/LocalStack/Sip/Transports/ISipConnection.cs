namespace Neolia.LocalStack.Sip.Transports;

/// <summary>One device's way to its server. Both directions use it: behind a NAT there is no other.</summary>
internal interface ISipConnection : IAsyncDisposable
{
    /// <summary>Protocol and sender of a Via header, such as "UDP 127.0.0.1:5062".</summary>
    string Via { get; }

    /// <summary>Host, port and transport parameter of a Contact.</summary>
    string ContactHost { get; }

    /// <summary>Nothing gets lost on the way, so nothing is sent twice.</summary>
    bool IsReliable { get; }

    /// <summary>Sends one message; the first one connects.</summary>
    Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    /// <summary>The next message; null when the server has closed the connection.</summary>
    Task<SipMessage?> ReceiveAsync(CancellationToken cancellationToken);
}
