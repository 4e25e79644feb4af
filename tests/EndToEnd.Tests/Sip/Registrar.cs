using System.Net;
using MySqlConnector;
using Neolia.LocalStack.Kamailio;
using Neolia.LocalStack.MariaDb;
using Neolia.LocalStack.Sip;
using Neolia.LocalStack.Supervision;

namespace Neolia.EndToEnd.Tests.Sip;

/// <summary>Kamailio with the project's own configuration over a database of its own; subscribers are written by the tests.</summary>
public sealed class Registrar : IAsyncDisposable
{
    public const string Domain = "sip.neolia.app";

    private static int _databases;
    private static int _accounts;

    private Registrar(KamailioDatabase database, KamailioServer kamailio)
    {
        Database = database;
        Kamailio = kamailio;
    }

    public KamailioDatabase Database { get; }

    public KamailioServer Kamailio { get; }

    public IPEndPoint Address => new(IPAddress.Loopback, Kamailio.UdpPort);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <param name="defines">Values of neolia-local.cfg, as in <see cref="KamailioServerOptions.Defines"/>.</param>
    public static async Task<Registrar> StartAsync(MariaDbServer mariaDb, IReadOnlyDictionary<string, string>? defines = null)
    {
        var database = await KamailioDatabase.CreateAsync(mariaDb, $"registrar_{Interlocked.Increment(ref _databases)}", Cancelled);
        var options = new KamailioServerOptions { Defines = defines ?? new Dictionary<string, string>() };
        return new Registrar(database, await KamailioServer.StartAsync(database, [Domain], Cancelled, options));
    }

    /// <summary>An account with both digests, as the sync writes it.</summary>
    public async Task<SipAccount> AddAccountAsync()
    {
        var account = new SipAccount($"panel{Interlocked.Increment(ref _accounts)}", Secrets.NewPassword());
        await ExecuteAsync(
            "insert into subscriber (username, domain, ha1, ha1b) values (@username, @domain, md5(concat(@username, ':', @domain, ':', @password)), md5(concat(@username, '@', @domain, ':', @domain, ':', @password)))",
            ("@username", account.Username), ("@domain", Domain), ("@password", account.Password));
        return account;
    }

    public SipDevice Device(SipAccount account) => new(Options(account.Username, account.Password));

    public SipDevice Device(SipAccount account, SipTransport transport) => new(new SipDeviceOptions
    {
        Server = new IPEndPoint(IPAddress.Loopback, Kamailio.PortOf(transport)),
        Transport = transport,
        CertificateAuthority = Kamailio.CertificateAuthority,
        Username = account.Username,
        Password = account.Password,
        Domain = Domain,
    });

    public SipDeviceOptions Options(
        string username, string password, string? digestUsername = null, string domain = Domain,
        ReadOnlyMemory<byte>? ha1 = null, IPAddress? localAddress = null) =>
        new()
        {
            Server = Address,
            Username = username,
            Password = password,
            DigestUsername = digestUsername,
            Domain = domain,
            Ha1 = ha1,
            LocalAddress = localAddress,
        };

    /// <summary>Contacts of a name as they stand in the table, whether or not they have expired.</summary>
    public async Task<List<string>> StoredContactsAsync(string username)
    {
        await using var connection = await ConnectAsync();
        await using var command = new MySqlCommand("select contact from location where username = @username order by id", connection);
        command.Parameters.AddWithValue("@username", username);
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        List<string> contacts = [];
        while (await reader.ReadAsync(Cancelled))
            contacts.Add(reader.GetString(0));
        return contacts;
    }

    public async Task ExecuteAsync(string sql, params (string Name, object Value)[] parameters)
    {
        await using var connection = await ConnectAsync();
        await using var command = new MySqlCommand(sql, connection);
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    public async Task<MySqlConnection> ConnectAsync()
    {
        var connection = new MySqlConnection(Database.RootConnectionString);
        await connection.OpenAsync(Cancelled);
        return connection;
    }

    public ValueTask DisposeAsync() => Kamailio.DisposeAsync();
}
