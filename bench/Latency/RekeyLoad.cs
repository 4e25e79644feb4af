using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using MySqlConnector;
using Npgsql;

namespace Neolia.Bench.Latency;

/// <summary>
/// Re-keys accounts in Supabase at a steady rate, and watches Kamailio's <c>subscriber</c> until each new digest stands
/// there, committed. The clock starts when the commit in Postgres has returned, and stops when a read in MySQL sees
/// the digest: reads follow each other about every millisecond, so the figures are that much too high.
/// </summary>
internal sealed class RekeyLoad(NpgsqlDataSource supabase, MySqlDataSource kamailio, IReadOnlyList<RekeyLoad.Account> accounts)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (string Ha1, long Committed)> _outstanding = new();
    private readonly ConcurrentBag<double> _latencies = [];

    internal sealed record Account(Guid Id, string Username);

    /// <summary>Milliseconds from commit to applied, one for each change.</summary>
    /// <exception cref="TimeoutException">A change was not applied within 30 s.</exception>
    public async Task<IReadOnlyCollection<double>> RunAsync(int changes, double perSecond, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = WatchAsync(stop.Token);
        var started = Stopwatch.GetTimestamp();
        var pending = new List<Task>();
        for (var i = 0; i < changes; i++)
        {
            var due = TimeSpan.FromSeconds(i / perSecond) - Stopwatch.GetElapsedTime(started);
            if (due > TimeSpan.Zero)
                await Task.Delay(due, cancellationToken);
            pending.Add(RekeyAsync(accounts[i % accounts.Count], cancellationToken));
        }

        await Task.WhenAll(pending);
        var waiting = Stopwatch.GetTimestamp();
        while (!_outstanding.IsEmpty)
        {
            if (Stopwatch.GetElapsedTime(waiting) > Patience)
                throw new TimeoutException($"{_outstanding.Count} changes were not applied within {Patience}.");
            await Task.Delay(10, cancellationToken);
        }

        await stop.CancelAsync();
        await watching;
        return _latencies;
    }

    private async Task RekeyAsync(Account account, CancellationToken cancellationToken)
    {
        var ha1 = RandomNumberGenerator.GetHexString(32, lowercase: true);
        await using var command = supabase.CreateCommand(
            "update kamailio_sync.credentials set ha1 = $1, ha1b = $2, issued_at = now(), updated_at = now() where account_id = $3");
        command.Parameters.Add(new() { Value = ha1 });
        command.Parameters.Add(new() { Value = RandomNumberGenerator.GetHexString(32, lowercase: true) });
        command.Parameters.Add(new() { Value = account.Id });
        await command.ExecuteNonQueryAsync(cancellationToken);
        _outstanding[account.Username] = (ha1, Stopwatch.GetTimestamp());
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenConnectionAsync(CancellationToken.None);
        while (!cancellationToken.IsCancellationRequested)
        {
            if (_outstanding.Keys.ToList() is { Count: > 0 } names)
                await LookAsync(connection, names);
            await Task.Delay(1, CancellationToken.None);
        }
    }

    private async Task LookAsync(MySqlConnection connection, List<string> names)
    {
        await using var command = new MySqlCommand(
            $"select username, ha1 from subscriber where username in ({string.Join(", ", Enumerable.Repeat('?', names.Count))})", connection);
        foreach (var name in names)
            command.Parameters.Add(new MySqlParameter { Value = name });
        await using var row = await command.ExecuteReaderAsync();
        var now = Stopwatch.GetTimestamp();
        while (await row.ReadAsync())
        {
            var name = row.GetString(0);
            if (_outstanding.TryGetValue(name, out var change) && change.Ha1 == row.GetString(1) && _outstanding.TryRemove(name, out _))
                _latencies.Add(Stopwatch.GetElapsedTime(change.Committed, now).TotalMilliseconds);
        }
    }
}
