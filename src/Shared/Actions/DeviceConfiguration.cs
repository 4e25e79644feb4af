using Neolia.Functions.Subjects;

namespace Neolia.Functions.Actions;

/// <summary>What a phone needs to register, as the mobile app keeps it.</summary>
/// <param name="Uri"><c>sip:USER@DOMAIN</c></param>
/// <param name="WsServers">For example <c>wss://sip.neolia.app:8443</c></param>
public sealed record DeviceConfiguration(string Uri, string Username, string Domain, string Password, string WsServers, string? DisplayName)
{
    internal static DeviceConfiguration Of(SipName name, string password, string wsServers, string? displayName) =>
        new($"sip:{name}", name.Username, name.Domain, password, wsServers, displayName);

    /// <summary>Records print their members, and a password must never reach a log.</summary>
    public override string ToString() => $"configuration of {Uri}";
}
