using MySqlConnector;
using Neolia.Database.Tests.Draining;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Reconciling;

namespace Neolia.Database.Tests.Reconciling;

/// <summary>Statements over whole tables have Reconcile__StatementTimeout, whatever the connection's own timeout is.</summary>
public sealed class StatementTimeoutTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private DrainRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await DrainRig.CreateAsync(supabase, mariaDb);

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("sweep")]
    [InlineData("count")]
    [InlineData("unmanaged")]
    public async Task A_statement_over_whole_tables_outlasts_the_connections_own_timeout(string what)
    {
        _rig.KamailioOptions.ConnectionString += ";Default Command Timeout=1";
        await using var kamailio = Functions.Kamailio.KamailioDatabase.Open(_rig.KamailioOptions, _rig.Secrets);
        var options = Microsoft.Extensions.Options.Options.Create(new ReconcileOptions());
        await using var holder = await _rig.MySql.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(holder, "lock tables subscriber write");

        var cancellationToken = TestContext.Current.CancellationToken;
        Task running = what switch
        {
            "sweep" => new ContactSweep(kamailio, options).RunAsync(cancellationToken),
            "count" => new ContactSweep(kamailio, options).CountAsync(cancellationToken),
            _ => new UnmanagedSubscribers(kamailio, options).ReadAsync(0, cancellationToken),
        };
        // Twice the connection's timeout, and the second that the client gives the server to say so.
        await Until.TrueAsync("the statement has waited for long, or has ended", async () => running.IsCompleted || (await _rig.MySql.RowsAsync(
            $"select 1 from information_schema.processlist where db = '{_rig.Kamailio.Name}' and state like 'Waiting for table%' and time_ms > 3000")).Count > 0);
        await ExecuteAsync(holder, "unlock tables");

        await running;
    }

    private static async Task ExecuteAsync(MySqlConnection connection, string sql)
    {
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
