using MySqlConnector;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Applying;

/// <summary>
/// Deletes the contacts of names that were marked to be kicked (rule M4). Marks commit with the change that needs them
/// and are worked off before anything is acknowledged, by whoever comes first: a worker may die between the two. In a
/// transaction of its own, because Kamailio's processes wait for whoever holds rows of <c>location</c>.
/// </summary>
public sealed class ContactKicker(MySqlDataSource kamailio)
{
    private const int BatchSize = 500;

    /// <summary>Kicks every mark that was committed before the call. Answers how many names it kicked.</summary>
    public async Task<int> KickMarkedAsync(CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenConnectionAsync(cancellationToken);
        var kicked = 0;
        var last = default(SipName?);
        while (await ReadMarksAsync(connection, last, cancellationToken) is { Count: > 0 } marks)
        {
            kicked += await KickAsync(connection, marks, cancellationToken);
            last = marks[^1];
        }

        return kicked;
    }

    // A plain read sees every committed mark, also one that another worker is kicking right now: its lock is waited
    // for in KickAsync, because our subjects must not be acknowledged before that is done.
    private static async Task<List<SipName>> ReadMarksAsync(MySqlConnection connection, SipName? after, CancellationToken cancellationToken)
    {
        var read = new Statement().Append("select domain, username from neolia_kick");
        if (after is { } name)
            read.Append(" where (domain, username) > (?, ?)", name.Domain, name.Username);

        var marks = new List<SipName>();
        await using var command = read.Append($" order by domain, username limit {BatchSize}").On(connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            marks.Add(new SipName(row.GetString(1), row.GetString(0)));
        return marks;
    }

    private static async Task<int> KickAsync(MySqlConnection connection, List<SipName> names, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken);

        // Locking the marks first keeps a change that marks a name again behind us: its mark is a new row.
        var kick = new Statement()
            .Append("select username from neolia_kick where ").AppendNameCondition(names).Append(" order by domain, username for update;\n")
            .Append("delete from location where ").AppendNameCondition(names).Append(";\n")
            .Append("delete from neolia_kick where ").AppendNameCondition(names);
        await using (var command = kick.On(connection, transaction))
            await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return names.Count;
    }
}
