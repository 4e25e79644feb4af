using Microsoft.Extensions.Options;
using Neolia.Functions.Hosts;
using Npgsql;

namespace Neolia.Functions.Supabase;

public sealed class SupabaseOptionsValidator : IValidateOptions<SupabaseOptions>
{
    private const string Example = "for example 'Host=aws-0-eu-west-3.pooler.supabase.com;Port=6543;Database=postgres;Username=neolia_functions.REF;SslMode=VerifyFull;Root Certificate=prod-ca-2021.crt'";

    public ValidateOptionsResult Validate(string? name, SupabaseOptions options)
    {
        if (Parse(options.ConnectionString) is not { Host: { Length: > 0 } host, Password: null or "" } connection)
            return ValidateOptionsResult.Fail($"Supabase__ConnectionString must be an Npgsql connection string with a host and no password, {Example}.");
        if (connection.SslMode != SslMode.VerifyFull && !Loopback.Is(host))
            return ValidateOptionsResult.Fail($"Supabase__ConnectionString must say SslMode=VerifyFull, because '{host}' is not this machine, {Example}.");
        if (!string.IsNullOrEmpty(options.JwtIssuer) && !IsIssuer(options.JwtIssuer))
            return ValidateOptionsResult.Fail("Supabase__JwtIssuer must be an https URL without a slash at its end, for example 'https://REF.supabase.co/auth/v1'.");
        return ValidateOptionsResult.Success;
    }

    private static NpgsqlConnectionStringBuilder? Parse(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return null;
        }
    }

    private static bool IsIssuer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var issuer) && (issuer.Scheme == Uri.UriSchemeHttps || issuer.IsLoopback) && !text.EndsWith('/');
}
