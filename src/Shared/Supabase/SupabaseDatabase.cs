using System.Diagnostics;
using Neolia.Functions.Secrets;
using Npgsql;

namespace Neolia.Functions.Supabase;

/// <summary>The project's Postgres, reached as a role with just the rights that the sync needs.</summary>
public sealed class SupabaseDatabase(NpgsqlDataSource source, RotatingPassword password) : IAsyncDisposable
{
    public static SupabaseDatabase Open(SupabaseOptions options, ISecrets secrets)
    {
        var password = new RotatingPassword(secrets, Secret.SupabasePassword);
        var builder = new NpgsqlSlimDataSourceBuilder(options.ConnectionString);
        builder.EnableArrays();
        builder.EnableTransportSecurity();

        // Only built-in types are used; the list of all others would be the greatest part of what a short run reads.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        builder.UsePasswordProvider(_ => password.Current, (_, _) => ValueTask.FromResult(password.Current));

        var connection = builder.ConnectionStringBuilder;
        connection.ApplicationName ??= "neolia-functions";

        // Nothing of a session outlives its transaction (only `set local` is used), so there is nothing to reset: that
        // saves a round trip, and lets the transaction-mode pooler hand the connection on.
        connection.NoResetOnClose = true;
        return new SupabaseDatabase(builder.Build(), password);
    }

    /// <summary>A connection; a password that is being changed in this moment delays it, and does not fail it.</summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var tried = password.Current;
            try
            {
                return await source.OpenConnectionAsync(cancellationToken);
            }
            catch (PostgresException exception) when (IsRefusal(exception) && Stopwatch.GetElapsedTime(started) < RotatingPassword.Patience)
            {
                await password.RefusedAsync(tried, cancellationToken);
            }
        }
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    private static bool IsRefusal(PostgresException exception) =>
        exception.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification;
}
