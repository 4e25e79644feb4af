using System.Net;

namespace Neolia.Functions.Hosts;

/// <summary>Whether a host is this machine, the only one that may be talked to without a verified certificate.</summary>
public static class Loopback
{
    public static bool Is(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
