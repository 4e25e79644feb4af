using MySqlConnector;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Applying;

/// <summary>
/// Deletes the contacts of names that were marked to be kicked (rule M4). A mark commits with the change that needs it
/// and names the account that may not be acknowledged before it is worked off: whoever takes the account next, after a
/// worker died between the two, finds it. In a transaction of its own, because Kamailio's processes wait for whoever
/// holds rows of <c>location</c>.
/// </summary>
public sealed class ContactKicker(KamailioDatabase kamailio)
{
    /// <summary>Works off every mark of the applied subjects, and answers them as they came.</summary>
    public async Task<IReadOnlyList<SubjectResult>> KickAsync(IReadOnlyList<SubjectResult> applied, CancellationToken cancellationToken)
    {
        var accounts = applied.Where(r => !r.IsFirst).Select(r => r.Subject.Id).Order().ToList();
        if (accounts.Count == 0)
            return applied;

        await using var connection = await kamailio.OpenAsync(cancellationToken);
        if (await ReadMarkedNamesAsync(connection, accounts, cancellationToken) is { Count: > 0 } names)
            await DeleteContactsAsync(connection, accounts, names, cancellationToken);
        return applied;
    }

    // A plain read sees every committed mark, also one that another worker is working off right now: its lock is
    // waited for below, because our subjects must not be acknowledged before that is done.
    private static async Task<SortedSet<SipName>> ReadMarkedNamesAsync(
        MySqlConnection connection, List<Guid> accounts, CancellationToken cancellationToken)
    {
        var names = new SortedSet<SipName>();
        await using var command = new Statement()
            .Append("select username, domain from neolia_kick where account_id in (").AppendValues(accounts).Append(")").On(connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            names.Add(new SipName(row.GetString(0), row.GetString(1)));
        return names;
    }

    private static async Task DeleteContactsAsync(
        MySqlConnection connection, List<Guid> accounts, SortedSet<SipName> names, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken);

        // The marks first: one that is deleted here was committed before the contacts go, and one that comes later, for
        // whichever account, stays for who made it.
        var kick = new Statement()
            .Append("delete from neolia_kick where account_id in (").AppendValues(accounts).Append(") and ").AppendNameCondition(names)
            .Append(";\n").Append("delete from location where ").AppendNameCondition(names);
        await using (var command = kick.On(connection, transaction))
            await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }
}
