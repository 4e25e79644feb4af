using MySqlConnector;
using Neolia.LocalStack;

namespace Neolia.EndToEnd.Tests.Http;

/// <summary>Puts servers out of action, and back: the outage ends when it is disposed, whatever became of the test.</summary>
internal sealed class Outage(Func<CancellationToken, Task> end) : IAsyncDisposable
{
    private bool _over;

    public static async Task<Outage> OfMariaDbAsync(Stack stack)
    {
        await stack.MariaDb.StopAsync(TestContext.Current.CancellationToken);
        return new Outage(stack.MariaDb.StartAgainAsync);
    }

    public static async Task<Outage> OfPostgresAsync(Stack stack)
    {
        await stack.Postgres.StopAsync(TestContext.Current.CancellationToken);
        return new Outage(stack.Postgres.StartAgainAsync);
    }

    /// <summary>
    /// It answers SIP while its last processes still connect to their database, and ends if one of them can't: an
    /// outage of the database may not begin before all have.
    /// </summary>
    public static async Task<Outage> OfKamailioAsync(Stack stack)
    {
        var connections = await CountConnectionsAsync();
        await stack.Kamailio.StopAsync(TestContext.Current.CancellationToken);
        return new Outage(async cancellationToken =>
        {
            await stack.Kamailio.StartAgainAsync(cancellationToken);
            await Eventually.HoldsAsync("every process of Kamailio has its database", async () => await CountConnectionsAsync() >= connections);
        });

        Task<long> CountConnectionsAsync() =>
            stack.ReadKamailioAsync<long>("select count(*) from information_schema.processlist where user = @p0", LocalStack.MariaDb.KamailioDatabase.Kamailio);
    }

    /// <summary>Kamailio's database answers, but whoever applies changes waits for a lock.</summary>
    public static async Task<Outage> OfAccountsTableAsync(Stack stack)
    {
        var connection = new MySqlConnection(stack.KamailioDatabase.RootConnectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new MySqlCommand("lock tables neolia_account write", connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return new Outage(async _ => await connection.DisposeAsync());
    }

    public async Task EndAsync()
    {
        if (_over)
            return;
        _over = true;
        await end(CancellationToken.None);
    }

    public async ValueTask DisposeAsync() => await EndAsync();
}
