using System.Text;
using MySqlConnector;
using Neolia.EndToEnd.Tests.Vault;
using Neolia.LocalStack;
using Neolia.LocalStack.Doorbell;
using Neolia.LocalStack.Functions;
using Neolia.LocalStack.Kamailio;
using Neolia.LocalStack.MariaDb;
using Neolia.LocalStack.Postgres;
using Neolia.LocalStack.Supabase;
using Neolia.LocalStack.Supervision;
using Npgsql;

namespace Neolia.Infra.Tests.Operations;

/// <summary>
/// The first deployment, by the guide's own blocks in its order: a project with the dashboard's tables, a MySQL that
/// speaks TLS as the guide sets it up, a vault, the published program.
/// </summary>
public sealed class Installation : IAsyncLifetime
{
    private const string WithoutUs = """
        drop user 'neolia_functions'@'%';
        set @tables = (select group_concat(table_name) from information_schema.tables where table_schema = 'kamailio' and table_name like 'neolia%');
        set @drop = concat('drop table ', @tables);
        prepare drop_ours from @drop;
        execute drop_ours;
        """;

    private readonly Stack<IAsyncDisposable> _started = new();
    private readonly LoopbackCertificate _certificate = LoopbackCertificate.Create();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neolia-installation-");
    private KeyVaultServer _vault = null!;

    internal Shell Shell { get; } = new();

    internal SupabaseProject Project { get; private set; } = null!;

    internal KamailioDatabase Kamailio { get; private set; } = null!;

    internal FunctionApp App { get; private set; } = null!;

    /// <summary>What the steps wrote.</summary>
    internal string Log { get; private set; } = "";

    internal NpgsqlDataSource Postgres { get; private set; } = null!;

    internal MySqlDataSource MySql { get; private set; } = null!;

    /// <summary>A new flat, made as its owner.</summary>
    internal Guid Unit { get; private set; }

    public async ValueTask InitializeAsync()
    {
        await StartServersAsync();
        await RunAsync("migrations", "supabase-password", "kamailio-tables", "kamailio-user", "kamailio-user-address", "secrets");
        _vault = Started(await KeyVaultServer.StartAsync(ReadVault()));
        App = Started(await FunctionApp.StartAsync(new FunctionAppOptions { Settings = Settings() }, CancellationToken.None));
        Shell["APP_URL"] = App.Url.AbsoluteUri.TrimEnd('/');
        Shell["WEBHOOK_SECRET"] = ReadVault()["webhook-secret"];
        await RunAsync("check", "doorbell");
        Unit = await AddUnitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var one))
            await one.DisposeAsync();
        Shell.Dispose();
        _certificate.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>Runs blocks of the guide; what they put into the vault is there afterwards.</summary>
    internal async Task<string> RunAsync(params string[] blocks)
    {
        var written = await Shell.RunAsync(blocks);
        Log += written;
        if (_vault is not null)
            foreach (var (name, value) in ReadVault())
                _vault.Set(name, value);
        return written;
    }

    internal IReadOnlyDictionary<string, string> ReadVault() =>
        Directory.EnumerateFiles(Shell.Vault).ToDictionary(file => Path.GetFileName(file), File.ReadAllText);

    /// <summary>As the dashboard does; the name of the account.</summary>
    internal async Task<string> AddAccountAsync(string name)
    {
        await ExecuteAsync($"insert into public.sip_accounts (unit_id, username, type) values ('{Unit}', '{name}', 'panel')");
        return name;
    }

    internal async Task ExecuteAsync(string sql)
    {
        await using var command = Postgres.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    internal async Task<IReadOnlyList<string>> SubscribersAsync()
    {
        List<string> names = [];
        await using var command = MySql.CreateCommand("select username from subscriber order by binary username");
        await using var row = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await row.ReadAsync(TestContext.Current.CancellationToken))
            names.Add(row.GetString(0));
        return names;
    }

    /// <summary>As Azure does: the program starts, and its timer comes round.</summary>
    internal async Task StartAppAgainAsync()
    {
        await App.StartAgainAsync(TestContext.Current.CancellationToken);
        await RunAsync("check");
        await CallTimerAsync();
    }

    internal async Task CallTimerAsync()
    {
        using var client = new HttpClient();
        using var invocation = new StringContent("""{"Data":{"timer":{"IsPastDue":false}},"Metadata":{}}""", Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri(App.Url, "/drain"), invocation, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode);
    }

    /// <summary>As the function app logs in, but without its TLS if so wanted.</summary>
    internal string KamailioConnection(MySqlSslMode tls) => new MySqlConnectionStringBuilder(Kamailio.AppConnectionStringWithoutPassword)
    {
        SslMode = tls,
        SslCa = tls == MySqlSslMode.None ? "" : _certificate.File,
    }.ConnectionString;

    private async Task StartServersAsync()
    {
        var postgres = Started(await PostgresServer.StartAsync(new PostgresOptions(), CancellationToken.None));
        // More than a hosted project logs.
        await postgres.ExecuteAsync("postgres", "alter system set log_statement = 'all'", CancellationToken.None);
        await postgres.ExecuteAsync("postgres", "select pg_reload_conf()", CancellationToken.None);
        Project = await SupabaseProject.CreateAsync(postgres, "neolia", CancellationToken.None);
        Postgres = Started(NpgsqlDataSource.Create(Project.OwnerConnectionString));
        Started(await DoorbellRelay.StartAsync(Project.SuperuserConnectionString, CancellationToken.None));

        var mariaDb = Started(await MariaDbServer.StartAsync(durable: false, CancellationToken.None, [.. TlsOptions()]));
        Kamailio = await KamailioDatabase.CreateAsync(mariaDb, "kamailio", CancellationToken.None);
        await mariaDb.ExecuteAsync("kamailio", WithoutUs, CancellationToken.None);
        MySql = Started(new MySqlDataSource(Kamailio.RootConnectionString + ";Pooling=false;AllowUserVariables=true"));
        PrepareShell(mariaDb);
    }

    /// <summary>The guide's configuration of MySQL, with this machine's certificate and address.</summary>
    private IEnumerable<string> TlsOptions()
    {
        var key = Path.Combine(_folder.FullName, "privkey.pem");
        File.WriteAllText(key, System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(_certificate.WithKey)!.ExportPkcs8PrivateKeyPem());
        return OperationsGuide.Block("mysql-tls").Split('\n').Skip(1)
            .Select(line => "--" + line.Replace(" ", "", StringComparison.Ordinal))
            .Select(option => option
                .Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)
                .Replace("/etc/mysql/tls/fullchain.pem", _certificate.File, StringComparison.Ordinal)
                .Replace("/etc/mysql/tls/privkey.pem", key, StringComparison.Ordinal));
    }

    private void PrepareShell(MariaDbServer mariaDb)
    {
        var dashboard = Directory.CreateDirectory(Path.Combine(_folder.FullName, "dashboard", "supabase", "migrations"));
        File.WriteAllText(Path.Combine(dashboard.Parent!.FullName, "config.toml"), "project_id = \"dashboard\"\n");
        foreach (var earlier in Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "Database.Tests", "Migrations", "earlier")))
            File.Copy(earlier, Path.Combine(dashboard.FullName, Path.GetFileName(earlier)));

        var root = new MySqlConnectionStringBuilder(Kamailio.RootConnectionString);
        File.WriteAllText(
            Path.Combine(Shell.Home, ".my.cnf"),
            $"[client]\nhost=127.0.0.1\nport={mariaDb.Port}\nuser={root.UserID}\npassword={root.Password}\n");
        Shell.AddProgram("supabase", $"#!/bin/sh\nexec '{NodePackages.SupabaseCli}' \"$@\"");
        Shell["DO_NOT_TRACK"] = "1";
        Shell["SUPABASE_TELEMETRY_DISABLED"] = "1";
        Shell["DASHBOARD"] = Path.Combine(_folder.FullName, "dashboard");
        Shell["SUPABASE_DB_URL"] = Project.OwnerUrlWithoutPassword;
        Shell["PGPASSWORD"] = Project.OwnerPassword;
        Shell["OUTGOING_ADDRESS"] = "127.0.0.1";
        Shell["NEOLIA_CHECK_SECONDS"] = "20";
    }

    internal Dictionary<string, string> Settings() => new(_vault.AppSettings)
    {
        ["Supabase__ConnectionString"] = Project.AppConnectionStringWithoutPassword,
        ["Supabase__JwtIssuer"] = "https://abcdefghijklmnopqrst.supabase.co/auth/v1",
        ["Kamailio__ConnectionString"] = KamailioConnection(MySqlSslMode.VerifyFull),
        ["KeyVault__RefreshInterval"] = "00:00:00.500",
        // The doorbell alone is to bring changes, not the timer.
        ["Drain__Interval"] = "01:00:00",
        ["Drain__LingerFor"] = "00:00:00.100",
    };

    private async Task<Guid> AddUnitAsync()
    {
        await using var command = Postgres.CreateCommand("""
            with owner as (insert into auth.users (id) values (gen_random_uuid()) returning id),
            site as (insert into public.sites (name, user_id) select 'Tilleuls', id from owner returning id),
            building as (insert into public.buildings (site_id, name) select id, 'A' from site returning id)
            insert into public.units (building_id, number) select id, '401' from building returning id
            """);
        return (Guid)(await command.ExecuteScalarAsync(CancellationToken.None))!;
    }

    private T Started<T>(T one)
        where T : IAsyncDisposable
    {
        _started.Push(one);
        return one;
    }
}
