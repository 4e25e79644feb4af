using MySqlConnector;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Draining;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Supabase;
using Neolia.LocalStack.MariaDb;
using Neolia.LocalStack.Supabase;
using Npgsql;

namespace Neolia.Database.Tests.Draining;

/// <summary>One migrated Supabase database, one Kamailio database, and workers between them.</summary>
public sealed class DrainRig : IAsyncDisposable
{
    private readonly List<Worker> _workers = [];

    private DrainRig(SupabaseProject supabase, LocalStack.MariaDb.KamailioDatabase kamailio)
    {
        Supabase = supabase;
        Kamailio = kamailio;
        Postgres = NpgsqlDataSource.Create(supabase.OwnerConnectionString);
        MySql = new MySqlDataSource(kamailio.RootConnectionString + ";AllowUserVariables=true;GuidFormat=None");
        SupabaseOptions = new SupabaseOptions { ConnectionString = supabase.AppConnectionStringWithoutPassword, Password = supabase.AppPassword };
        KamailioOptions = new KamailioOptions
        {
            ConnectionString = kamailio.AppConnectionStringWithoutPassword,
            Password = kamailio.AppPassword,
            Domains = $"{Dashboard.Domain}, villas.neolia.app",
        };
        Dashboard = new Dashboard(Postgres);
    }

    public SupabaseProject Supabase { get; }

    public LocalStack.MariaDb.KamailioDatabase Kamailio { get; }

    /// <summary>The project's operator, and whoever changes rows.</summary>
    public NpgsqlDataSource Postgres { get; }

    /// <summary>The administrator of Kamailio's database.</summary>
    public MySqlDataSource MySql { get; }

    public SupabaseOptions SupabaseOptions { get; }

    public KamailioOptions KamailioOptions { get; }

    public Dashboard Dashboard { get; }

    /// <summary>Back-offs short enough to wait for.</summary>
    public DrainOptions Options { get; } = new()
    {
        BackoffFrom = TimeSpan.FromMilliseconds(20),
        BackoffTo = TimeSpan.FromMilliseconds(200),
        OutageBackoff = TimeSpan.FromMilliseconds(50),
    };

    /// <param name="characterSet">latin1 is what Kamailio's own tool makes: case-insensitive, blind to trailing blanks.</param>
    public static async Task<DrainRig> CreateAsync(SupabaseFixture supabase, MariaDbFixture mariaDb, string characterSet = "latin1") =>
        new(await supabase.CloneAsync(), await mariaDb.CreateKamailioAsync(characterSet));

    /// <summary>On a Kamailio server of the test's own, that it may stop.</summary>
    public static async Task<DrainRig> CreateAsync(SupabaseFixture supabase, MariaDbServer server) =>
        new(await supabase.CloneAsync(), await LocalStack.MariaDb.KamailioDatabase.CreateAsync(server, "kamailio", TestContext.Current.CancellationToken));

    public Worker NewWorker(Stalls? stalls = null)
    {
        var worker = new Worker(this, Options, stalls);
        _workers.Add(worker);
        return worker;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await Postgres.DisposeAsync();
        await MySql.DisposeAsync();
    }
}
