namespace Neolia.Functions.Kamailio;

/// <summary>Settings <c>Kamailio__*</c>.</summary>
public sealed class KamailioOptions
{
    public const string Section = "Kamailio";

    /// <summary>MySqlConnector connection string of Kamailio's database, without the password. <c>SslMode=VerifyFull</c> outside loopback.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Domains that this Kamailio serves, separated by commas; each is its own realm. The first one is the default.</summary>
    public string Domains { get; set; } = "sip.neolia.app";

    /// <summary>WebSocket address that devices are given, for example <c>wss://sip.neolia.app:8443</c>.</summary>
    public string WsServers { get; set; } = "wss://sip.neolia.app:8443";

    /// <summary><c>host:port</c> of Kamailio's SIP listener over UDP, asked by <c>check_status</c>. Empty: the first domain, port 5060.</summary>
    public string SipAddress { get; set; } = "";

    /// <summary>
    /// Time zone that Kamailio's process runs in, by its IANA name, for example <c>Europe/Paris</c>: it writes the times
    /// of its table <c>location</c> as local time. UTC is best, because autumn has an hour twice anywhere else.
    /// </summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>The first of the served domains.</summary>
    public string DefaultDomain => Domains.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[0];

    public IReadOnlySet<string> ServedDomains =>
        Domains.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);

    /// <summary>The same with another database user.</summary>
    public KamailioOptions As(string user) => new()
    {
        ConnectionString = new MySqlConnector.MySqlConnectionStringBuilder(ConnectionString) { UserID = user }.ConnectionString,
        Domains = Domains,
        WsServers = WsServers,
        SipAddress = SipAddress,
        TimeZone = TimeZone,
    };
}
