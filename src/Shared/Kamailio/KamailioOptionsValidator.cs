using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Neolia.Functions.Hosts;

namespace Neolia.Functions.Kamailio;

/// <summary>Each fault is the first half of a sentence that begins with the setting's name; the program adds where it comes from.</summary>
public sealed partial class KamailioOptionsValidator : IValidateOptions<KamailioOptions>
{
    public ValidateOptionsResult Validate(string? name, KamailioOptions options)
    {
        string[] faults = [.. new[] { ConnectionFault(options.ConnectionString), DomainsFault(options), AddressFault(options), WebSocketFault(options), TimeZoneFault(options) }.OfType<string>()];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static string? ConnectionFault(string text)
    {
        const string setting = "Kamailio__ConnectionString";
        if (string.IsNullOrWhiteSpace(text))
            return $"{setting} is missing";
        var connection = Parse(text);
        if (connection is not { Server.Length: > 0, Database.Length: > 0, UserID.Length: > 0, Password.Length: 0 })
            return $"{setting} must be a MySQL connection string with server, database and user and without password";
        if (connection.SslMode != MySqlSslMode.VerifyFull && connection.ConnectionProtocol != MySqlConnectionProtocol.UnixSocket && !Loopback.Is(connection.Server))
            return $"{setting} must say SslMode=VerifyFull, because '{connection.Server}' is not this machine";
        if (connection.SslCa.Length > 0 && !File.Exists(connection.SslCa))
            return $"{setting} names the CA certificate '{connection.SslCa}', which is no file in {Environment.CurrentDirectory}";
        return null;
    }

    private static string? DomainsFault(KamailioOptions options) =>
        options.ServedDomains.Count > 0 && options.ServedDomains.All(domain => Domain().IsMatch(domain))
            ? null
            : "Kamailio__Domains must name the served domains in lower case, separated by commas";

    private static string? AddressFault(KamailioOptions options) =>
        options.SipAddress.Length == 0 || SipAddress().IsMatch(options.SipAddress)
            ? null
            : "Kamailio__SipAddress must be a host, or a host and a port";

    private static string? WebSocketFault(KamailioOptions options) =>
        Uri.TryCreate(options.WsServers, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeWss || (address.Scheme == Uri.UriSchemeWs && address.IsLoopback))
            ? null
            : "Kamailio__WsServers must be a wss address";

    private static string? TimeZoneFault(KamailioOptions options) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out _)
            ? null
            : $"Kamailio__TimeZone is '{options.TimeZone}', which this system doesn't know by that name";

    private static MySqlConnectionStringBuilder? Parse(string text)
    {
        try
        {
            return new MySqlConnectionStringBuilder(text);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\z")]
    private static partial Regex Domain();

    [GeneratedRegex(@"^[^:\s]+(:[1-9][0-9]{0,3}|:[1-5][0-9]{4}|:6[0-4][0-9]{3}|:65[0-4][0-9]{2}|:655[0-2][0-9]|:6553[0-5])?\z")]
    private static partial Regex SipAddress();
}
