using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Neolia.Functions.Hosts;

namespace Neolia.Functions.Kamailio;

public sealed partial class KamailioOptionsValidator : IValidateOptions<KamailioOptions>
{
    private const string Example = "for example 'Server=sip.neolia.app;Database=kamailio;User ID=neolia_functions;SslMode=VerifyFull'";

    public ValidateOptionsResult Validate(string? name, KamailioOptions options)
    {
        MySqlConnectionStringBuilder connection;
        try
        {
            connection = new MySqlConnectionStringBuilder(options.ConnectionString);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            connection = [];
        }

        if (string.IsNullOrEmpty(connection.Server) || string.IsNullOrEmpty(connection.Database) || !string.IsNullOrEmpty(connection.Password))
            return ValidateOptionsResult.Fail($"Kamailio__ConnectionString must be a MySQL connection string with server and database and no password, {Example}.");
        if (connection.SslMode != MySqlSslMode.VerifyFull && !Loopback.Is(connection.Server))
            return ValidateOptionsResult.Fail($"Kamailio__ConnectionString must say SslMode=VerifyFull, because '{connection.Server}' is not this machine, {Example}.");
        if (options.ServedDomains.Count == 0 || options.ServedDomains.Any(d => d.Any(char.IsUpper)))
            return ValidateOptionsResult.Fail("Kamailio__Domains must name the served domains in lower case, separated by commas, for example 'sip.neolia.app'.");
        if (options.SipAddress.Length > 0 && !SipAddress().IsMatch(options.SipAddress))
            return ValidateOptionsResult.Fail("Kamailio__SipAddress must be a host, or a host and a port, for example 'sip.neolia.app:5060'.");
        return ValidateOptionsResult.Success;
    }

    [GeneratedRegex(@"^[^:\s]+(:[1-9][0-9]{0,3}|:[1-5][0-9]{4}|:6[0-4][0-9]{3}|:65[0-4][0-9]{2}|:655[0-2][0-9]|:6553[0-5])?\z")]
    private static partial Regex SipAddress();
}
