using Microsoft.Extensions.Options;
using Npgsql;

namespace Neolia.Functions.Supabase;

public sealed class SupabaseOptionsValidator : IValidateOptions<SupabaseOptions>
{
    private const string Example = "for example 'Host=aws-0-eu-west-3.pooler.supabase.com;Port=6543;Database=postgres;Username=neolia_functions.REF'";

    public ValidateOptionsResult Validate(string? name, SupabaseOptions options)
    {
        if (!IsConnectionString(options.ConnectionString))
            return ValidateOptionsResult.Fail($"Supabase__ConnectionString must be an Npgsql connection string with a host and no password, {Example}.");
        if (!string.IsNullOrEmpty(options.JwtIssuer) && !Uri.TryCreate(options.JwtIssuer, UriKind.Absolute, out _))
            return ValidateOptionsResult.Fail("Supabase__JwtIssuer must be a URL, for example 'https://REF.supabase.co/auth/v1'.");
        return ValidateOptionsResult.Success;
    }

    private static bool IsConnectionString(string text)
    {
        try
        {
            var connection = new NpgsqlConnectionStringBuilder(text);
            return !string.IsNullOrEmpty(connection.Host) && string.IsNullOrEmpty(connection.Password);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return false;
        }
    }
}
