using System.Diagnostics;
using MySqlConnector;
using Neolia.Database.Tests.Kamailio;
using Neolia.Database.Tests.Supabase;
using Neolia.Functions.Kamailio;
using Npgsql;

namespace Neolia.Database.Tests.Draining;

/// <summary>I4: a turn whose connections die loses nothing, and does not make its work wait for the lease.</summary>
public sealed class KilledConnectionTests(SupabaseFixture supabase, MariaDbFixture mariaDb) : IAsyncLifetime
{
    private DrainRig _rig = null!;
    private bool _killed;

    public async ValueTask InitializeAsync()
    {
        _rig = await DrainRig.CreateAsync(supabase, mariaDb);
        await _rig.Dashboard.CreateAccountAsync(await _rig.Dashboard.CreateUnitAsync(), "panel401");
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("read")]
    [InlineData("apply")]
    [InlineData("acknowledge")]
    public async Task Turn_after_one_whose_connections_to_Supabase_were_killed_goes_on_at_once(string before)
    {
        var worker = _rig.NewWorker(before switch
        {
            "read" => new Stalls { BeforeRead = KillSupabasesAsync },
            "apply" => new Stalls { BeforeApply = KillSupabasesAsync },
            _ => new Stalls { BeforeAcknowledge = KillSupabasesAsync },
        });

        // The pool finds out one dead connection at a time. The deadline is shorter than the lease.
        await Until.TrueAsync("a turn succeeds again", async () =>
        {
            try
            {
                await worker.TurnAsync();
                return (await _rig.Dashboard.QueueAsync()).Count == 0;
            }
            catch (NpgsqlException)
            {
                return false;
            }
        });

        Assert.True(_killed);
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Connection_to_Kamailios_database_killed_in_the_middle_of_a_write_is_an_outage_and_passes()
    {
        await _rig.MySql.ExecuteAsync("""
            create trigger hold before insert on subscriber for each row
            begin
              declare held int;
              set held = get_lock('write', 10);
              do release_lock('write');
            end
            """);
        await using var holder = await OpenTransaction.BeginAsync(_rig.MySql, "do get_lock('write', 10)");
        var worker = _rig.NewWorker();
        var turn = worker.TurnAsync();
        await _rig.WorkerInUserLockAsync();

        await _rig.MySql.ExecuteAsync($"kill {await _rig.MySql.ValueAsync($"select id from information_schema.processlist where db = '{_rig.Kamailio.Name}' and state = 'User lock'")}");

        Assert.True((await turn).Outage);
        await holder.ExecuteAsync("do release_lock('write')");
        await Until.TrueAsync("the account is applied", async () =>
        {
            await worker.TurnAsync();
            return (await _rig.Dashboard.QueueAsync()).Count == 0;
        });
        await Convergence.AssertAsync(_rig);
    }

    [Fact]
    public async Task Connections_that_died_in_the_pool_fail_no_turn()
    {
        const int count = 8;
        await using var kamailio = KamailioDatabase.Open(_rig.KamailioOptions, _rig.Secrets);
        foreach (var id in await OpenAsync(kamailio, count))
            await _rig.MySql.ExecuteAsync($"kill {id}");
        var killedAt = Stopwatch.GetTimestamp();
        await Until.TrueAsync("it is a moment ago", () => Task.FromResult(Stopwatch.GetElapsedTime(killedAt) > KamailioDatabase.SurelyAlive));

        Assert.Equal(count, (await OpenAsync(kamailio, count)).Count);
    }

    /// <summary>One after the other, all open at once and each used; all are back in the pool when it answers their ids.</summary>
    private static async Task<IReadOnlyList<int>> OpenAsync(KamailioDatabase kamailio, int count)
    {
        var open = new List<MySqlConnection>();
        try
        {
            for (var i = 0; i < count; i++)
            {
                open.Add(await kamailio.OpenAsync(TestContext.Current.CancellationToken));
                await using var command = new MySqlCommand("do 1", open[^1]);
                await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            }

            return [.. open.Select(connection => connection.ServerThread)];
        }
        finally
        {
            foreach (var connection in open)
                await connection.DisposeAsync();
        }
    }

    private async Task KillSupabasesAsync()
    {
        if (_killed)
            return;
        _killed = true;
        await _rig.Supabase.Server.ExecuteAsync(
            "postgres",
            $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{_rig.Supabase.Database}' and usename = 'neolia_functions'",
            TestContext.Current.CancellationToken);
    }
}
