using Microsoft.Extensions.Options;
using MySqlConnector;
using Neolia.Functions.Applying;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Reconciling;

/// <summary>
/// Rule M7: deletes contacts whose name has no subscriber any more, of names that are or were ours. The names are listed
/// without a lock, and each is judged again in the statement that deletes: an account can be made under it and its device
/// register in between. While the name's identity is locked no worker makes that account's subscriber (rule M1), and
/// without one no device registers.
/// </summary>
public sealed class ContactSweep(KamailioDatabase kamailio, IOptions<ReconcileOptions> options)
{
    /// <summary>Kamailio waits for whoever holds rows of <c>location</c>: few at a time, each in a short transaction.</summary>
    private const int NamesAtOnce = 200;

    private const string ListNames = """
        select distinct i.username, i.domain
        from location l
        join neolia_identity i on i.username = l.username and i.domain = l.domain
        left join subscriber s on s.username = i.username and s.domain = i.domain
        where s.id is null
        """;

    private const string CountContacts = """
        select count(*)
        from location l
        join neolia_identity i on i.username = l.username and i.domain = l.domain
        left join subscriber s on s.username = i.username and s.domain = i.domain
        where s.id is null
        """;

    public async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await using var command = options.Value.LongCommand(CountContacts, connection);
        return Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Answers how many contacts are gone.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        var names = await ListAsync(connection, cancellationToken);
        var swept = 0;
        foreach (var chunk in names.Chunk(NamesAtOnce))
        {
            try
            {
                swept += await SweepAsync(connection, chunk, cancellationToken);
            }
            catch (MySqlException exception) when (FailureClassifier.Classify(exception) == FailureClass.Contention)
            {
                // Somebody works on one of these names, and kicks what is left of it; the next run looks again.
            }
        }

        return swept;
    }

    private async Task<SortedSet<SipName>> ListAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var names = new SortedSet<SipName>();
        await using var command = options.Value.LongCommand(ListNames, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            names.Add(new SipName(row.GetString(0), row.GetString(1)));
        return names;
    }

    private static async Task<int> SweepAsync(MySqlConnection connection, IReadOnlyList<SipName> names, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken);
        await using (var held = new Statement()
            .Append("select 1 from neolia_identity force index (primary) where ").AppendNameCondition(names)
            .Append(" order by domain, username for update").On(connection, transaction))
            await held.ExecuteNonQueryAsync(cancellationToken);

        await using var sweep = new Statement()
            .Append("delete l from location l left join subscriber s on s.username = l.username and s.domain = l.domain where s.id is null and ")
            .AppendNameCondition(names, "l.").On(connection, transaction);
        var swept = await sweep.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return swept;
    }
}
