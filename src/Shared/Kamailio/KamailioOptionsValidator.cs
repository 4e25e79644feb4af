using System.Net;
using Microsoft.Extensions.Options;
using MySqlConnector;

namespace Neolia.Functions.Kamailio;

public sealed class KamailioOptionsValidator : IValidateOptions<KamailioOptions>
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
        if (connection.SslMode != MySqlSslMode.VerifyFull && !IsLoopback(connection.Server))
            return ValidateOptionsResult.Fail($"Kamailio__ConnectionString must say SslMode=VerifyFull, because '{connection.Server}' is not this machine, {Example}.");
        if (options.ServedDomains.Count == 0 || options.ServedDomains.Any(d => d.Any(char.IsUpper)))
            return ValidateOptionsResult.Fail("Kamailio__Domains must name the served domains in lower case, separated by commas, for example 'sip.neolia.app'.");
        return ValidateOptionsResult.Success;
    }

    private static bool IsLoopback(string server) =>
        server == "localhost" || (IPAddress.TryParse(server, out var address) && IPAddress.IsLoopback(address));
}
