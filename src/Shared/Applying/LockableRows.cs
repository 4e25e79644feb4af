using MySqlConnector;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Applying;

/// <summary>
/// Fence and identity rows are made before the transaction that locks them, each in its own autocommit statement:
/// locking a key that isn't there yet would lock the gap, and two writers would deadlock on it (rule M3).
/// </summary>
internal static class LockableRows
{
    public static async Task CreateMissingAsync(
        MySqlConnection connection, IReadOnlyList<Guid> ids, IReadOnlyList<SipName> names, CancellationToken cancellationToken)
    {
        var (missingIds, missingNames) = await FindMissingAsync(connection, ids, names, cancellationToken);

        var create = new Statement();
        if (missingIds.Count > 0)
            create.Append("insert ignore into neolia_account (account_id) values ").AppendRows(missingIds, id => [id]).Append(";\n");
        if (missingNames.Count > 0)
            create.Append("insert ignore into neolia_identity (domain, username) values ").AppendRows(missingNames, n => [n.Domain, n.Username]);
        if (create.IsEmpty)
            return;

        await using var command = create.On(connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<(SortedSet<Guid> Ids, SortedSet<SipName> Names)> FindMissingAsync(
        MySqlConnection connection, IReadOnlyList<Guid> ids, IReadOnlyList<SipName> names, CancellationToken cancellationToken)
    {
        var missingIds = new SortedSet<Guid>(ids);
        var missingNames = new SortedSet<SipName>(names);

        var find = new Statement().Append("select account_id from neolia_account where account_id in (").AppendValues(ids).Append(")");
        if (names.Count > 0)
            find.Append(";\nselect username, domain from neolia_identity where ").AppendNameCondition(names);

        await using var command = find.On(connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            missingIds.Remove(row.GetGuid(0));
        await row.NextResultAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            missingNames.Remove(new SipName(row.GetString(0), row.GetString(1)));
        return (missingIds, missingNames);
    }
}
