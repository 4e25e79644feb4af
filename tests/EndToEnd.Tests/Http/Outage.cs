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

    public static async Task<Outage> OfKamailioAsync(Stack stack)
    {
        await stack.Kamailio.StopAsync(TestContext.Current.CancellationToken);
        return new Outage(stack.Kamailio.StartAgainAsync);
    }

    /// <summary>A table of ours is missing in Kamailio's database.</summary>
    public static async Task<Outage> OfKicksAsync(Stack stack)
    {
        await stack.ExecuteKamailioAsync("rename table neolia_kick to neolia_kick_away");
        return new Outage(_ => stack.ExecuteKamailioAsync("rename table neolia_kick_away to neolia_kick"));
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
