using Npgsql;

namespace Neolia.Functions.Supabase;

/// <summary>The project's Postgres, reached as a role with just the rights that the sync needs.</summary>
public static class SupabaseDatabase
{
    public static NpgsqlDataSource Open(SupabaseOptions options)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(options.ConnectionString);
        builder.EnableArrays();
        builder.EnableTransportSecurity();

        var connection = builder.ConnectionStringBuilder;
        connection.Password = options.Password;
        connection.ApplicationName ??= "neolia-functions";

        // Nothing of a session outlives its transaction (only `set local` is used), so there is nothing to reset: that
        // saves a round trip, and lets the transaction-mode pooler hand the connection on.
        connection.NoResetOnClose = true;
        return builder.Build();
    }
}
