using System.Globalization;
using MySqlConnector;
using Neolia.LocalStack.Supervision;

namespace Neolia.LocalStack.MariaDb;

/// <summary>A private, throw-away MariaDB on 127.0.0.1.</summary>
public sealed class MariaDbServer : IAsyncDisposable
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(30);

    // After a kill it first works through its log, which takes as long as a busy machine lets it.
    private static readonly TimeSpan ReadyAgainDeadline = TimeSpan.FromMinutes(5);

    // $1 folder, $2 mariadb-install-db, then mariadbd and its arguments. The init file runs before the first
    // connection is let in: there is no moment without a password. A folder for temporary tables of its own: a server
    // that starts deletes every "#sql" file of that folder, also those of a server that is running.
    private const string Run = """
        set -e
        folder=$1 install=$2
        shift 2
        cd "$folder"
        mkdir -p tmp
        export TMPDIR="$folder/tmp"
        if [ ! -e installed ]; then
          "$install" --no-defaults --auth-root-authentication-method=normal --skip-test-db --datadir="$folder/data" $NEOLIA_AS >/dev/null
          cat >init.sql <<SQL
        alter user 'root'@'localhost' identified by '$NEOLIA_PASSWORD';
        create or replace user 'root'@'127.0.0.1' identified by '$NEOLIA_PASSWORD';
        grant all on *.* to 'root'@'127.0.0.1' with grant option;
        delete from mysql.global_priv where user in ('root', '') and host not in ('localhost', '127.0.0.1');
        flush privileges;
        SQL
          touch installed
        fi
        unset NEOLIA_PASSWORD
        exec "$@" --init-file="$folder/init.sql" $NEOLIA_AS
        """;

    private readonly SupervisedServer _server;
    private readonly LoopbackPort _port;
    private readonly string _rootPassword;

    private MariaDbServer(SupervisedServer server, LoopbackPort port, string rootPassword)
    {
        _server = server;
        _port = port;
        _rootPassword = rootPassword;
    }

    public int Port => _port.Number;

    public string Socket => SocketIn(_server.Folder);

    public SupervisedServer Process => _server;

    /// <summary>Password of the function app's user on every database of this server.</summary>
    internal string AppPassword { get; } = Secrets.NewPassword();

    /// <summary>Password of Kamailio's own user on every database of this server.</summary>
    internal string KamailioPassword { get; } = Secrets.NewPassword();

    /// <param name="durable">True: commits reach the disk (demos, benchmarks). False: faster, for tests.</param>
    /// <param name="options">Of mariadbd, such as --ssl-cert=FILE; they win over what it gets anyway.</param>
    public static Task<MariaDbServer> StartAsync(bool durable, CancellationToken cancellationToken, params IReadOnlyList<string> options) =>
        LoopbackPort.RetryWhenLostAsync(() => StartOnceAsync(durable, options, cancellationToken));

    public string ConnectionString(string database, string user, string? password) =>
        new MySqlConnectionStringBuilder
        {
            Server = "127.0.0.1",
            Port = (uint)Port,
            Database = database,
            UserID = user,
            Password = password,
            SslMode = MySqlSslMode.None,
        }.ConnectionString;

    public string RootConnectionString(string database) => ConnectionString(database, "root", _rootPassword);

    /// <summary>Runs SQL, many statements at once if need be, as root.</summary>
    public async Task ExecuteAsync(string database, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(RootConnectionString(database) + ";AllowUserVariables=true;Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Ends the server in order; its data and port stay for <see cref="StartAgainAsync"/>.</summary>
    public Task StopAsync(CancellationToken cancellationToken) =>
        _server.StopAsync("TERM", TimeSpan.FromSeconds(20), cancellationToken);

    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        await MySqlConnection.ClearAllPoolsAsync(cancellationToken);
        await _server.StartAsync(cancellationToken);
        await WaitAsync(ReadyAgainDeadline, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _port.Dispose();
    }

    private static string SocketIn(string folder) => Path.Combine(folder, "mariadb.sock");

    private static async Task<MariaDbServer> StartOnceAsync(bool durable, IReadOnlyList<string> options, CancellationToken cancellationToken)
    {
        var mariadbd = DebianBinary.Find("mariadbd", "mariadb-server-core");
        var install = DebianBinary.Find("mariadb-install-db", "mariadb-server-core");
        var password = Secrets.NewPassword();
        var folder = ServerCommand.NewFolder("mariadb");
        var port = LoopbackPort.Claim();
        string[] command =
        [
            "sh", "-c", Run, "mariadb", folder, install,
            mariadbd,
            "--no-defaults", // First, or the machine's own settings come in.
            $"--datadir={folder}/data",
            $"--socket={SocketIn(folder)}",
            $"--pid-file={folder}/mariadb.pid",
            string.Create(CultureInfo.InvariantCulture, $"--port={port.Number}"),
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--default-time-zone=+00:00",
            "--innodb-buffer-pool-size=128M",
            .. durable
                ? Array.Empty<string>()
                : ["--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", "--aria-checkpoint-interval=0"],
            .. options,
        ];
        SupervisedServer? server = null;
        try
        {
            server = await SupervisedServer.PrepareAsync(
                new ServerCommand
                {
                    Name = "mariadb",
                    Folder = folder,
                    Command = command,
                    Environment = new Dictionary<string, string>
                    {
                        ["NEOLIA_PASSWORD"] = password,
                        ["NEOLIA_AS"] = Environment.UserName == "root" ? "--user=root" : "",
                    },
                },
                cancellationToken);
            var mariaDb = new MariaDbServer(server, port, password);
            await server.StartAsync(cancellationToken);
            await mariaDb.WaitAsync(ReadyDeadline, cancellationToken);
            return mariaDb;
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
        Readiness.WaitAsync(_server, probe => ExecuteAsync("mysql", "do 1", probe), deadline, cancellationToken);
}
