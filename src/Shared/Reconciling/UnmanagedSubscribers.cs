using Microsoft.Extensions.Options;
using MySqlConnector;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Reconciling;

/// <summary>Subscribers that were not made here: named in the report, never touched (principle 6).</summary>
public sealed class UnmanagedSubscribers(KamailioDatabase kamailio, IOptions<ReconcileOptions> options)
{
    private const int MaxNames = 100;

    private const string CountSubscribers = "select count(*) from subscriber";

    private const string FindUnowned = """
        from subscriber s
        left join neolia_identity i on i.domain = s.domain and i.username = s.username
        where i.account_id is null
        """;

    /// <param name="ours">Subscribers of accounts; when there are no others, nobody has to look for their names.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<(long Count, IReadOnlyList<SipName> Names)> ReadAsync(long ours, CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        if (await CountAsync(connection, CountSubscribers, cancellationToken) <= ours)
            return (0, []);

        var count = await CountAsync(connection, $"select count(*) {FindUnowned}", cancellationToken);
        var names = new List<SipName>();
        await using var command = options.Value.LongCommand($"select s.username, s.domain {FindUnowned} order by s.username, s.domain limit {MaxNames}", connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            names.Add(new SipName(row.GetString(0), row.GetString(1)));
        return (count, names);
    }

    private async Task<long> CountAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = options.Value.LongCommand(sql, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }
}
