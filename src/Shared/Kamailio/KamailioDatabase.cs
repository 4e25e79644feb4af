using System.Diagnostics;
using MySqlConnector;
using Neolia.Functions.Secrets;

namespace Neolia.Functions.Kamailio;

/// <summary>Kamailio's MySQL or MariaDB, reached as a user with just the rights that the sync needs.</summary>
public sealed class KamailioDatabase(MySqlDataSource source, RotatingPassword password) : IAsyncDisposable
{
    /// <summary>In so short a time no server dies and comes back.</summary>
    public static readonly TimeSpan SurelyAlive = TimeSpan.FromMilliseconds(300);

    /// <summary>As long as the pool may still hold what died together with a connection that was found dead.</summary>
    private static readonly TimeSpan Suspicion = TimeSpan.FromMinutes(5);

    // All of a pool can be dead, and the next one is new.
    private readonly uint _tries = new MySqlConnectionStringBuilder(source.ConnectionString).MaximumPoolSize + 1;
    private long _answeredAt;
    private long _foundDeadAt;

    /// <summary>
    /// A lock that is not had within a second stands in the way of a whole batch: finding the row it is on and doing
    /// the others (invariant I5) beats waiting for it. Strict, wherever the server's own default is not: a value that
    /// doesn't fit must be refused, not cut.
    /// </summary>
    public const string SetSession = "set session innodb_lock_wait_timeout = 1, sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'";

    public static KamailioDatabase Open(KamailioOptions options, ISecrets secrets)
    {
        var password = new RotatingPassword(secrets, Secret.KamailioPassword);
        var connection = new MySqlConnectionStringBuilder(options.ConnectionString)
        {
            GuidFormat = MySqlGuidFormat.Char36,
            UseAffectedRows = true,

            // Sessions carry no state but the one set below, for as long as they live.
            ConnectionReset = false,
            AllowUserVariables = false,
            ApplicationName = "neolia-functions",
        };
        if (!connection.ContainsKey("Connection Timeout"))
            connection.ConnectionTimeout = 5;
        if (!connection.ContainsKey("Default Command Timeout"))
            connection.DefaultCommandTimeout = 20;

        var source = new MySqlDataSourceBuilder(connection.ConnectionString)
            .UseConnectionOpenedCallback(SetSessionAsync)
            .Build();
        return new KamailioDatabase(source, password);
    }

    /// <summary>A connection; a password that is being changed in this moment delays it, and does not fail it.</summary>
    public async Task<MySqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var tried = password.Current;
            source.Password = tried;
            try
            {
                var connection = await source.OpenConnectionAsync(cancellationToken);
                if (await IsAliveAsync(connection, isLast: attempt >= _tries, cancellationToken))
                    return connection;
            }
            catch (MySqlException exception) when (exception.ErrorCode == MySqlErrorCode.AccessDenied && Stopwatch.GetElapsedTime(started) < RotatingPassword.Patience)
            {
                await password.RefusedAsync(tried, cancellationToken);
            }
        }
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    /// <summary>
    /// The pool hands out connections of before the server's restart, one by one, and each would fail a turn and cost the
    /// pause of an outage. So what comes after a moment of quiet is tried first, and when one is dead all that come.
    /// </summary>
    private async Task<bool> IsAliveAsync(MySqlConnection connection, bool isLast, CancellationToken cancellationToken)
    {
        if (IsWithin(ref _answeredAt, SurelyAlive) && !IsWithin(ref _foundDeadAt, Suspicion))
            return true;
        try
        {
            await using var command = new MySqlCommand("do 0", connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            await connection.DisposeAsync();

            // Who is slow to answer is not dead, and has enough to do.
            if (isLast || exception is not MySqlException { ErrorCode: not MySqlErrorCode.CommandTimeoutExpired })
                throw;
            cancellationToken.ThrowIfCancellationRequested();
            Volatile.Write(ref _foundDeadAt, Stopwatch.GetTimestamp());
            return false;
        }

        Volatile.Write(ref _answeredAt, Stopwatch.GetTimestamp());
        return true;
    }

    private static bool IsWithin(ref long since, TimeSpan time) =>
        Volatile.Read(ref since) is var at and > 0 && Stopwatch.GetElapsedTime(at) <= time;

    private static async ValueTask SetSessionAsync(MySqlConnectionOpenedContext context, CancellationToken cancellationToken)
    {
        if (!context.Conditions.HasFlag(MySqlConnectionOpenedConditions.New))
            return;
        await using var command = new MySqlCommand(SetSession, context.Connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
