using MySqlConnector;
using Neolia.LocalStack.Supervision;

namespace Neolia.LocalStack.MariaDb;

/// <summary>A database as Kamailio's: the stock tables from Debian's package, then this project's own.</summary>
public sealed class KamailioDatabase
{
    /// <summary>The function app's user.</summary>
    public const string App = "neolia_functions";

    /// <summary>Kamailio's own user.</summary>
    public const string Kamailio = "kamailio";

    private const string StockSchema = "/usr/share/kamailio/mysql";

    private readonly MariaDbServer _server;

    private KamailioDatabase(MariaDbServer server, string name)
    {
        _server = server;
        Name = name;
    }

    public string Name { get; }

    public MariaDbServer Server => _server;

    public string AppPassword => _server.AppPassword;

    /// <summary>The function app, password included.</summary>
    public string AppConnectionString => _server.ConnectionString(Name, App, AppPassword);

    /// <summary>The function app as its setting Kamailio__ConnectionString wants it: without the password.</summary>
    public string AppConnectionStringWithoutPassword => _server.ConnectionString(Name, App, password: null);

    public string RootConnectionString => _server.RootConnectionString(Name);

    /// <summary>Kamailio's user as the URL that its db_mysql takes.</summary>
    public string KamailioUrl => $"mysql://{Kamailio}:{_server.KamailioPassword}@127.0.0.1:{_server.Port}/{Name}";

    /// <param name="characterSet">latin1 is what kamdbctl makes unless told otherwise, and the hardest to be right with.</param>
    public static async Task<KamailioDatabase> CreateAsync(
        MariaDbServer server, string name, CancellationToken cancellationToken, string characterSet = "latin1")
    {
        await server.ExecuteAsync(
            "mysql",
            $"""
            create database {name} character set {characterSet};
            create user if not exists '{Kamailio}'@'%' identified by '{server.KamailioPassword}';
            grant select, insert, update, delete on {name}.* to '{Kamailio}'@'%';
            """,
            cancellationToken);
        foreach (var stock in (string[])["standard-create.sql", "auth_db-create.sql", "usrloc-create.sql"])
            await RunFileAsync(server, name, DebianBinary.RequireFile(Path.Combine(StockSchema, stock), "kamailio-mysql-modules"), cancellationToken);

        var ours = Path.Combine(Repository.Root, "kamailio", "mysql");
        await RunFileAsync(server, name, Path.Combine(ours, "tables.sql"), cancellationToken);
        await RunFileAsync(server, name, Path.Combine(ours, "grants.sql"), cancellationToken);
        // The operator's step: the user is born locked.
        await server.ExecuteAsync("mysql", $"alter user '{App}'@'%' identified by '{server.AppPassword}' account unlock", cancellationToken);
        return new KamailioDatabase(server, name);
    }

    public Task DropAsync(CancellationToken cancellationToken) =>
        _server.ExecuteAsync("mysql", $"drop database if exists {Name}", cancellationToken);

    private static async Task RunFileAsync(MariaDbServer server, string database, string file, CancellationToken cancellationToken)
    {
        try
        {
            await server.ExecuteAsync(database, await File.ReadAllTextAsync(file, cancellationToken), cancellationToken);
        }
        catch (MySqlException e)
        {
            throw new InvalidOperationException($"{Path.GetFileName(file)}: {e.Message}", e);
        }
    }
}
