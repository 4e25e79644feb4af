using MySqlConnector;
using Neolia.LocalStack.MariaDb;

[assembly: AssemblyFixture(typeof(Neolia.Database.Tests.Kamailio.MariaDbFixture))]

namespace Neolia.Database.Tests.Kamailio;

/// <summary>One MariaDB for this assembly; every test class makes databases of its own on it.</summary>
public sealed class MariaDbFixture : IAsyncLifetime
{
    private static int _databases;
    private MariaDbServer? _server;

    public MariaDbServer Server => _server ?? throw new InvalidOperationException("The server has not been started.");

    public async ValueTask InitializeAsync() =>
        _server = await MariaDbServer.StartAsync(durable: false, TestContext.Current.CancellationToken);

    /// <summary>Stock tables, ours, and both users, in a database that nobody else has.</summary>
    public Task<KamailioDatabase> CreateKamailioAsync(string characterSet = "latin1") =>
        KamailioDatabase.CreateAsync(Server, NewName(), TestContext.Current.CancellationToken, characterSet);

    /// <summary>An empty database: for tables made by hand.</summary>
    public async Task<string> CreateEmptyAsync()
    {
        var name = NewName();
        await Server.ExecuteAsync("mysql", $"create database {name} character set latin1", TestContext.Current.CancellationToken);
        return name;
    }

    public async Task<MySqlConnection> ConnectAsRootAsync(string database)
    {
        var connection = new MySqlConnection(Server.RootConnectionString(database) + ";AllowUserVariables=true");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private static string NewName() => $"test_{Interlocked.Increment(ref _databases)}";
}
