using System.Text.RegularExpressions;
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
        SupabaseOptions = new SupabaseOptions { ConnectionString = supabase.AppConnectionStringWithoutPassword };
        KamailioOptions = new KamailioOptions
        {
            ConnectionString = kamailio.AppConnectionStringWithoutPassword,
            Domains = $"{Dashboard.Domain}, villas.neolia.app",
        };
        Secrets = new FixedSecrets(supabase.AppPassword, kamailio.AppPassword);
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

    public FixedSecrets Secrets { get; }

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

    /// <summary>A worker that stands still at the gate once it has claimed what is due and come to the given step.</summary>
    public async Task<(Task<TurnReport> Turn, Gate Gate)> StallAsync(Func<Func<Task>, Stalls> step)
    {
        var gate = new Gate();
        var turn = NewWorker(step(gate.PassAsync)).TurnAsync();
        await Task.WhenAny(turn, gate.ArrivedAsync()).Unwrap();
        return (turn, gate);
    }

    /// <summary>Every lease runs out, as after 30 s of a worker that hangs.</summary>
    public Task ExpireLeasesAsync() => Postgres.ExecuteAsync("update kamailio_sync.queue set leased_until = now() - interval '1 second' where lease_id is not null");

    /// <summary>Until a worker stands inside MySQL in a trigger that waits for a user lock which the test holds.</summary>
    public Task WorkerInUserLockAsync() => Until.TrueAsync("a worker waits for the user lock", async () =>
        (await MySql.RowsAsync($"select 1 from information_schema.processlist where db = '{Kamailio.Name}' and state = 'User lock'")).Count > 0);

    /// <summary>
    /// Until somebody waits for a row of Kamailio's database. Not from <c>information_schema.innodb_trx</c>: its cache
    /// is not refreshed while it is looked at more often than every 100 ms.
    /// </summary>
    public Task WaiterForRowLockAsync() => Until.TrueAsync("somebody waits for a row lock", async () =>
        Regex.IsMatch(await MySql.ValueAsync("show engine innodb status"), $"of table `{Kamailio.Name}`.* waiting"));

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await Postgres.DisposeAsync();
        await MySql.DisposeAsync();
    }
}
