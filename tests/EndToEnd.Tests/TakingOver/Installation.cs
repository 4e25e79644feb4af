using System.Net;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Secrets;
using Neolia.Functions.SipProbe;
using Neolia.Functions.TakingOver;
using Neolia.LocalStack;
using Neolia.LocalStack.Kamailio;
using Neolia.LocalStack.MariaDb;
using Neolia.LocalStack.Sip;
using AppDatabase = Neolia.Functions.Kamailio.KamailioDatabase;
using KamailioDatabase = Neolia.LocalStack.MariaDb.KamailioDatabase;

namespace Neolia.EndToEnd.Tests.TakingOver;

/// <summary>
/// A database that was filled by hand, and two Kamailios on it: as it is set up today, and with this project's
/// configuration. The operator's switch from one to the other is a switch of the port.
/// </summary>
public sealed class Installation : IAsyncDisposable
{
    public const string Domain = "sip.neolia.app";

    private static int _databases;
    private readonly List<IAsyncDisposable> _opened = [];

    private Installation(KamailioDatabase database, KamailioServer today, KamailioServer ours)
    {
        Database = database;
        Today = today;
        Ours = ours;
        MySql = new MySqlDataSource(database.RootConnectionString + ";Pooling=false");
    }

    public KamailioDatabase Database { get; }

    public KamailioServer Today { get; }

    public KamailioServer Ours { get; }

    /// <summary>The administrator of Kamailio's database.</summary>
    public MySqlDataSource MySql { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<Installation> StartAsync(MariaDbServer mariaDb)
    {
        var database = await KamailioDatabase.CreateAsync(mariaDb, $"taken_over_{Interlocked.Increment(ref _databases)}", Cancelled);
        var today = StartTodaysAsync(database);
        return new Installation(database, await today, await KamailioServer.StartAsync(database, [Domain], Cancelled));
    }

    public static Task<KamailioServer> StartTodaysAsync(KamailioDatabase database, params string[] defines) => KamailioServer.StartAsync(
        database,
        [Domain],
        Cancelled,
        new KamailioServerOptions
        {
            Configuration = Path.Combine(Repository.Root, "tests", "EndToEnd.Tests", "TakingOver", "todays-kamailio.cfg"),
            Defines = defines.ToDictionary(name => name, _ => ""),
        });

    /// <summary>The verb's work, as the app's own user or as the administrator, asking the given SIP address.</summary>
    public SecureSubscribers Securing(string sipAddress, bool administrator = false, int batchSize = SecureSubscribers.BatchSize)
    {
        var root = new MySqlConnectionStringBuilder(Database.RootConnectionString);
        var options = new KamailioOptions { ConnectionString = Database.AppConnectionStringWithoutPassword, Domains = Domain, SipAddress = sipAddress };
        var kamailio = administrator
            ? AppDatabase.Open(options.As(root.UserID), new OneSecret(root.Password))
            : AppDatabase.Open(options, new OneSecret(Database.AppPassword));
        _opened.Add(kamailio);
        return new SecureSubscribers(kamailio, new EmptyPasswordProbe(kamailio, new PasswordLogin(Options.Create(options)), Options.Create(options)), batchSize);
    }

    /// <summary>Status code of a REGISTER with that password.</summary>
    public static async Task<int> RegisterAsync(KamailioServer kamailio, string username, string password)
    {
        await using var device = new SipDevice(new SipDeviceOptions
        {
            Server = new IPEndPoint(IPAddress.Loopback, kamailio.UdpPort),
            Username = username,
            Domain = Domain,
            Password = password,
        });
        return (await device.RegisterAsync(Cancelled)).StatusCode;
    }

    public Task AddAsync(string username, string password, string? ha1 = "", string? ha1b = "") => ExecuteAsync(
        "insert into subscriber (username, domain, password, ha1, ha1b) values (@p0, @p1, @p2, @p3, @p4)", username, Domain, password, ha1, ha1b);

    public async Task ExecuteAsync(string sql, params object?[] values)
    {
        await using var command = MySql.CreateCommand(sql);
        for (var i = 0; i < values.Length; i++)
            command.Parameters.Add(new MySqlParameter($"p{i}", values[i] ?? DBNull.Value));
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    /// <summary>Rows as text, their columns parted by '|'.</summary>
    public async Task<List<string>> RowsAsync(string sql)
    {
        List<string> rows = [];
        await using var command = MySql.CreateCommand(sql);
        await using var row = await command.ExecuteReaderAsync(Cancelled);
        while (await row.ReadAsync(Cancelled))
            rows.Add(string.Join('|', Enumerable.Range(0, row.FieldCount).Select(i => row.IsDBNull(i) ? "(null)" : Convert.ToString(row.GetValue(i), System.Globalization.CultureInfo.InvariantCulture))));
        return rows;
    }

    /// <summary>Every byte of both tables.</summary>
    public async Task<List<string>> EverythingAsync() =>
    [
        .. await RowsAsync("select id, hex(username), hex(domain), hex(password), hex(ha1), hex(ha1b) from subscriber order by id"),
        .. await RowsAsync("select id, hex(username), hex(contact) from location order by id"),
        .. await RowsAsync("select index_name, column_name from information_schema.statistics where table_schema = database() and table_name = 'subscriber' order by 1, seq_in_index"),
    ];

    public async ValueTask DisposeAsync()
    {
        foreach (var opened in _opened)
            await opened.DisposeAsync();
        await Today.DisposeAsync();
        await Ours.DisposeAsync();
        await MySql.DisposeAsync();
        await Database.DropAsync(CancellationToken.None);
    }

    private sealed class OneSecret(string password) : ISecrets
    {
        public string? Trouble => null;

        public string? Read(Secret secret) => secret == Secret.KamailioPassword ? password : null;

        public Task RefreshAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
