using System.Globalization;
using Neolia.LocalStack.Kamailio;
using Neolia.LocalStack.Supabase;
using Neolia.LocalStack.Supervision;
using Npgsql;

namespace Neolia.LocalStack.Postgres;

/// <summary>
/// pgbouncer in transaction mode, in the place of Supabase's pooler: a connection belongs to a client for one
/// transaction only, users are ROLE.PROJECTREF, TLS is demanded, and IPv4 is all there is. Debian's version keeps no
/// prepared statements, which is stricter than Supabase's own.
/// </summary>
public sealed class PoolerServer : IAsyncDisposable
{
    /// <summary>What stands for the project in users' names.</summary>
    public const string ProjectReference = "abcdefghijklmnopqrst";

    private const string Watcher = "watcher";
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(20);

    // $1 folder. pgbouncer refuses to run as root.
    private const string Run = """
        if [ "$(id -u)" = 0 ]; then
          chown -R postgres "$1"
          exec setpriv --reuid=postgres --regid=postgres --init-groups /usr/sbin/pgbouncer -q "$1/pgbouncer.ini"
        fi
        exec /usr/sbin/pgbouncer -q "$1/pgbouncer.ini"
        """;

    private readonly SupervisedServer _server;
    private readonly LoopbackPort _port;
    private readonly SupabaseProject _project;
    private readonly string _watcherPassword = Secrets.NewPassword();

    private PoolerServer(SupervisedServer server, LoopbackPort port, SupabaseProject project) => (_server, _port, _project) = (server, port, project);

    public SupervisedServer Process => _server;

    /// <summary>The function app's way in, as its setting wants it: without the password, and with TLS as over the internet.</summary>
    public string AppConnectionStringWithoutPassword => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = _port.Number,
        Database = _project.Database,
        Username = $"{SupabaseProject.App}.{ProjectReference}",
        SslMode = SslMode.VerifyFull,
        RootCertificate = Path.Combine(_server.Folder, "authority.pem"),
    }.ConnectionString;

    public static Task<PoolerServer> StartAsync(SupabaseProject project, int poolSize, CancellationToken cancellationToken) =>
        LoopbackPort.RetryWhenLostAsync(() => StartOnceAsync(project, poolSize, cancellationToken));

    /// <summary>Answers one of pgbouncer's SHOW commands, a row by column. Its console speaks the simple protocol only, as psql does.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> ShowAsync(string what, CancellationToken cancellationToken)
    {
        var answer = await SupervisedRun.RunAsync(
            [Path.Combine(PostgresServer.FindBinaries(), "psql"), "--no-psqlrc", "--csv", "--command", $"show {what}"],
            cancellationToken,
            new Dictionary<string, string>
            {
                ["PGHOST"] = "127.0.0.1",
                ["PGPORT"] = _port.Number.ToString(CultureInfo.InvariantCulture),
                ["PGDATABASE"] = "pgbouncer",
                ["PGUSER"] = Watcher,
                ["PGPASSWORD"] = _watcherPassword,
                ["PGSSLMODE"] = "require",
            });
        var lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var columns = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => columns.Zip(line.Split(',')).ToDictionary(cell => cell.First, cell => cell.Second))];
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _port.Dispose();
    }

    private static async Task<PoolerServer> StartOnceAsync(SupabaseProject project, int poolSize, CancellationToken cancellationToken)
    {
        DebianBinary.RequireFile("/usr/sbin/pgbouncer", "pgbouncer");
        var folder = ServerCommand.NewFolder("pgbouncer");
        var port = LoopbackPort.Claim();
        SupervisedServer? server = null;
        try
        {
            server = await SupervisedServer.PrepareAsync(
                new ServerCommand { Name = "pgbouncer", Folder = folder, Command = ["sh", "-c", Run, "pgbouncer", folder] }, cancellationToken);
            var pooler = new PoolerServer(server, port, project);
            await TestAuthority.WriteAsync(folder, [], cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "pgbouncer.ini"), pooler.Configuration(poolSize), cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "users.txt"), pooler.Users(), cancellationToken);
            await server.StartAsync(cancellationToken);
            await Readiness.WaitAsync(server, probe => pooler.ProbeAsync(probe), ReadyDeadline, cancellationToken);
            return pooler;
        }
        catch
        {
            if (server is not null)
                await server.DisposeAsync();
            port.Dispose();
            throw;
        }
    }

    private string Configuration(int poolSize) => string.Create(CultureInfo.InvariantCulture, $"""
        [databases]
        {_project.Database} = host=127.0.0.1 port={_project.Server.Port} dbname={_project.Database} user={SupabaseProject.App} password={_project.AppPassword}
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = {_port.Number}
        unix_socket_dir =
        pool_mode = transaction
        default_pool_size = {poolSize}
        max_client_conn = 500
        auth_type = scram-sha-256
        auth_file = {_server.Folder}/users.txt
        stats_users = {Watcher}
        client_tls_sslmode = require
        client_tls_cert_file = {_server.Folder}/certificate.pem
        client_tls_key_file = {_server.Folder}/key.pem

        """);

    private string Users() => $"""
        "{SupabaseProject.App}.{ProjectReference}" "{_project.AppPassword}"
        "{Watcher}" "{_watcherPassword}"

        """;

    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(AppConnectionStringWithoutPassword + $";Password={_project.AppPassword};Pooling=false;No Reset On Close=true");
        await connection.OpenAsync(cancellationToken);
    }
}
