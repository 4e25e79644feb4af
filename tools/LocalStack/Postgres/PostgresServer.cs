using System.Globalization;
using Neolia.LocalStack.Supervision;
using Npgsql;

namespace Neolia.LocalStack.Postgres;

/// <summary>A private, throw-away PostgreSQL on 127.0.0.1; its superuser is supabase_admin, as on a hosted project.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    public const string Superuser = "supabase_admin";

    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(30);

    // After a kill it first works through its log, which takes as long as a busy machine lets it.
    private static readonly TimeSpan ReadyAgainDeadline = TimeSpan.FromMinutes(5);

    // $1 folder, $2 folder of the binaries, then the server's own arguments. Runs as the server's user.
    private const string Run = """
        set -e
        folder=$1 bin=$2
        shift 2
        cd "$folder"
        if [ ! -s data/PG_VERSION ]; then
          (umask 077 && printf %s "$NEOLIA_PASSWORD" >password)
          "$bin/initdb" --pgdata data --username supabase_admin --pwfile password --auth scram-sha-256 \
            --encoding UTF8 --locale C.UTF-8 --no-sync --no-instructions
          rm password
        fi
        unset NEOLIA_PASSWORD
        exec "$bin/postgres" -D data "$@"
        """;

    // PostgreSQL refuses to run as root.
    private const string RunAsPostgres = """
        script=$1
        shift
        chown postgres "$1"
        exec setpriv --reuid=postgres --regid=postgres --init-groups sh -c "$script" postgres "$@"
        """;

    private readonly SupervisedServer _server;
    private readonly LoopbackPort _port;

    private PostgresServer(SupervisedServer server, LoopbackPort port, string password)
    {
        _server = server;
        _port = port;
        Password = password;
    }

    public int Port => _port.Number;

    /// <summary>Password of <see cref="Superuser"/>.</summary>
    public string Password { get; }

    public SupervisedServer Process => _server;

    public static Task<PostgresServer> StartAsync(PostgresOptions options, CancellationToken cancellationToken) =>
        LoopbackPort.RetryWhenLostAsync(() => StartOnceAsync(options, cancellationToken));

    /// <summary>Connection string of a role for one database.</summary>
    public string ConnectionString(string database, string role, string password) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = Port,
            Database = database,
            Username = role,
            Password = password,
            SslMode = SslMode.Disable,
        }.ConnectionString;

    public string SuperuserConnectionString(string database) => ConnectionString(database, Superuser, Password);

    /// <summary>Runs SQL as the superuser, on a connection that is gone afterwards (templates must have none).</summary>
    public async Task ExecuteAsync(string database, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(SuperuserConnectionString(database) + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Ends the server in order; its data and port stay for <see cref="StartAgainAsync"/>.</summary>
    public Task StopAsync(CancellationToken cancellationToken) =>
        _server.StopAsync("INT", TimeSpan.FromSeconds(20), cancellationToken);

    /// <summary>Ends it like a crash (immediate shutdown): recovery at the next start, unlogged tables empty.</summary>
    public Task CrashAsync(CancellationToken cancellationToken) =>
        _server.StopAsync("QUIT", TimeSpan.FromSeconds(20), cancellationToken);

    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnection.ClearAllPools();
        await _server.StartAsync(cancellationToken);
        await WaitAsync(ReadyAgainDeadline, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _port.Dispose();
    }

    private static async Task<PostgresServer> StartOnceAsync(PostgresOptions options, CancellationToken cancellationToken)
    {
        var binaries = FindBinaries();
        var password = Secrets.NewPassword();
        var folder = ServerCommand.NewFolder("postgres");
        var port = LoopbackPort.Claim();
        string[] settings =
        [
            "-c", "listen_addresses=127.0.0.1",
            "-c", string.Create(CultureInfo.InvariantCulture, $"port={port.Number}"),
            "-c", "unix_socket_directories=",
            "-c", string.Create(CultureInfo.InvariantCulture, $"max_connections={options.MaxConnections}"),
            "-c", string.Create(CultureInfo.InvariantCulture, $"shared_buffers={options.BuffersMiB}MB"),
            "-c", "password_encryption=scram-sha-256",
            "-c", "timezone=UTC",
            "-c", "log_timezone=UTC",
            // Shared memory as files in the data folder: nothing outside it is left behind by a kill.
            "-c", "dynamic_shared_memory_type=mmap",
            "-c", "wal_level=logical",
            "-c", "max_wal_size=2GB",
            .. options.Durable
                ? Array.Empty<string>()
                // Full pages stay on: a killed process can leave half of one in the system's cache.
                : options.SurvivesKills ? ["-c", "fsync=off"]
                : ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"],
        ];
        string[] command = Environment.UserName == "root"
            ? ["sh", "-c", RunAsPostgres, "postgres", Run, folder, binaries]
            : ["sh", "-c", Run, "postgres", folder, binaries];
        SupervisedServer? server = null;
        try
        {
            server = await SupervisedServer.PrepareAsync(
                new ServerCommand
                {
                    Name = "postgres",
                    Folder = folder,
                    Command = [.. command, .. settings],
                    Environment = new Dictionary<string, string> { ["NEOLIA_PASSWORD"] = password },
                    // SIGKILL would leave its backends, which are no longer in its group, and a shared memory segment.
                    LastSignal = "QUIT",
                },
                cancellationToken);
            var postgres = new PostgresServer(server, port, password);
            await server.StartAsync(cancellationToken);
            await postgres.WaitAsync(ReadyDeadline, cancellationToken);
            return postgres;
        }
        catch
        {
            if (server is not null)
                await server.DisposeAsync();
            port.Dispose();
            throw;
        }
    }

    private Task WaitAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        Readiness.WaitAsync(_server, probe => ExecuteAsync("postgres", "select 1", probe), deadline, cancellationToken);

    internal static string FindBinaries()
    {
        const string versions = "/usr/lib/postgresql";
        var folders = Directory.Exists(versions)
            ? Directory.GetDirectories(versions)
                .Select(folder => (Folder: Path.Combine(folder, "bin"), Version: double.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var v) ? v : 0))
                .Where(found => found.Version >= 15)
                .OrderByDescending(found => found.Version)
                .Select(found => found.Folder)
            : [];
        return Path.GetDirectoryName(DebianBinary.Find("postgres", "postgresql-15", folders))!;
    }
}
