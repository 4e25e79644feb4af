using Microsoft.Extensions.Options;
using Neolia.Functions.Hosts;
using Npgsql;

namespace Neolia.Functions.Supabase;

/// <summary>Each fault is the first half of a sentence that begins with the setting's name; the program adds where it comes from.</summary>
public sealed class SupabaseOptionsValidator : IValidateOptions<SupabaseOptions>
{
    public ValidateOptionsResult Validate(string? name, SupabaseOptions options)
    {
        string[] faults = [.. new[] { ConnectionFault(options.ConnectionString), IssuerFault(options.JwtIssuer), AudienceFault(options.JwtAudience) }.OfType<string>()];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static string? ConnectionFault(string text)
    {
        const string setting = "Supabase__ConnectionString";
        if (string.IsNullOrWhiteSpace(text))
            return $"{setting} is missing";
        if (Parse(text) is not { Host: { Length: > 0 } host, Database.Length: > 0, Username.Length: > 0, Password: null or "" } connection)
            return $"{setting} must be an Npgsql connection string with host, database and user and without password";
        if (connection.SslMode != SslMode.VerifyFull && !Loopback.Is(host))
            return $"{setting} must say SslMode=VerifyFull, because '{host}' is not this machine";
        if (connection.RootCertificate is { Length: > 0 } certificate && !File.Exists(certificate))
            return $"{setting} names the root certificate '{certificate}', which is no file in {Environment.CurrentDirectory}";
        if (connection.MaxAutoPrepare > 0 || connection.Multiplexing)
            return $"{setting} must say neither 'Max Auto Prepare' nor 'Multiplexing', because a pooler in transaction mode keeps no statement between transactions";
        return null;
    }

    private static string? IssuerFault(string? text) =>
        string.IsNullOrEmpty(text)
        || (Uri.TryCreate(text, UriKind.Absolute, out var issuer) && (issuer.Scheme == Uri.UriSchemeHttps || issuer.IsLoopback) && !text.EndsWith('/'))
            ? null
            : "Supabase__JwtIssuer must be an https URL without a slash at its end";

    private static string? AudienceFault(string text) =>
        string.IsNullOrWhiteSpace(text) ? "Supabase__JwtAudience must not be empty" : null;

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
}
