using System.Net;
using System.Net.Sockets;

namespace Neolia.Functions.Enrolling;

/// <summary>
/// Whom a request comes from. Azure's front end adds the address that it sees to the right end of <c>X-Forwarded-For</c>, with
/// a port, and the Functions host may add its own neighbour's behind it; what stands to the left came with the request. So
/// it is the rightmost address that is not of a private network.
/// </summary>
internal static class ClientAddress
{
    public static string Of(HttpContext http)
    {
        var forwarded = string.Join(',', http.Request.Headers["X-Forwarded-For"].ToArray()).Split(',', StringSplitOptions.TrimEntries);
        for (var i = forwarded.Length - 1; i >= 0; i--)
        {
            if (IPEndPoint.TryParse(forwarded[i], out var hop) && !IsPrivate(hop.Address))
                return Network(hop.Address);
        }

        return http.Connection.RemoteIpAddress?.ToString() ?? "";
    }

    private static bool IsPrivate(IPAddress address)
    {
        var a = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(a) || a.IsIPv6LinkLocal || a.IsIPv6UniqueLocal)
            return true;
        var b = a.GetAddressBytes();
        return a.AddressFamily == AddressFamily.InterNetwork
            && (b[0] == 10 || (b[0] == 172 && b[1] is >= 16 and < 32) || (b[0] == 192 && b[1] == 168) || (b[0] == 169 && b[1] == 254) || (b[0] == 100 && b[1] is >= 64 and < 128));
    }

    /// <summary>Of IPv6 the first 64 bits: a subscriber has all addresses behind them.</summary>
    private static string Network(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6 || address.AddressFamily == AddressFamily.InterNetwork)
            return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
        return Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8));
    }
}
