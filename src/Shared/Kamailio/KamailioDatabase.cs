using MySqlConnector;

namespace Neolia.Functions.Kamailio;

/// <summary>Kamailio's MySQL or MariaDB, reached as a user with just the rights that the sync needs.</summary>
public static class KamailioDatabase
{
    /// <summary>
    /// A lock that is not had within a second stands in the way of a whole batch: finding the row it is on and doing
    /// the others (invariant I5) beats waiting for it. Strict, wherever the server's own default is not: a value that
    /// doesn't fit must be refused, not cut.
    /// </summary>
    public const string SetSession = "set session innodb_lock_wait_timeout = 1, sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'";

    public static MySqlDataSource Open(KamailioOptions options)
    {
        var connection = new MySqlConnectionStringBuilder(options.ConnectionString)
        {
            Password = options.Password,
            GuidFormat = MySqlGuidFormat.Char36,
            UseAffectedRows = true,

            // Sessions carry no state but the one set below, for as long as they live.
            ConnectionReset = false,
            AllowUserVariables = false,
            ApplicationName = "neolia-functions",
        };
        if (!options.ConnectionString.Contains("timeout", StringComparison.OrdinalIgnoreCase))
        {
            connection.ConnectionTimeout = 5;
            connection.DefaultCommandTimeout = 20;
        }

        return new MySqlDataSourceBuilder(connection.ConnectionString)
            .UseConnectionOpenedCallback(async (context, cancellationToken) =>
            {
                if (!context.Conditions.HasFlag(MySqlConnectionOpenedConditions.New))
                    return;
                await using var command = new MySqlCommand(SetSession, context.Connection);
                await command.ExecuteNonQueryAsync(cancellationToken);
            })
            .Build();
    }
}
