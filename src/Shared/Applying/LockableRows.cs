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
    public static Task CreateMissingAccountsAsync(
        MySqlConnection connection, IReadOnlyList<Guid> ids, IReadOnlyList<SipName> names, CancellationToken cancellationToken) =>
        CreateMissingAsync(connection, "neolia_account", "account_id", ids, names, cancellationToken);

    public static Task CreateMissingUnitsAsync(MySqlConnection connection, IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        CreateMissingAsync(connection, "neolia_unit", "unit_id", ids, [], cancellationToken);

    private static async Task CreateMissingAsync(
        MySqlConnection connection, string fences, string key, IReadOnlyList<Guid> ids, IReadOnlyList<SipName> names, CancellationToken cancellationToken)
    {
        var missingIds = new SortedSet<Guid>(ids);
        var missingNames = new SortedSet<SipName>(names);
        await RemovePresentAsync(connection, $"select {key} from {fences} where {key} in (", missingIds, missingNames, cancellationToken);

        var create = new Statement();
        if (missingIds.Count > 0)
            create.Append($"insert ignore into {fences} ({key}) values ").AppendRows(missingIds, id => [id]).Append(";\n");
        if (missingNames.Count > 0)
            create.Append("insert ignore into neolia_identity (domain, username) values ").AppendRows(missingNames, n => [n.Domain, n.Username]);
        if (create.IsEmpty)
            return;

        await using var command = create.On(connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task RemovePresentAsync(
        MySqlConnection connection, string findFences, SortedSet<Guid> ids, SortedSet<SipName> names, CancellationToken cancellationToken)
    {
        var find = new Statement().Append(findFences).AppendValues(ids).Append(")");
        if (names.Count > 0)
            find.Append(";\nselect username, domain from neolia_identity where ").AppendNameCondition(names);

        await using var command = find.On(connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            ids.Remove(row.GetGuid(0));
        await row.NextResultAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            names.Remove(new SipName(row.GetString(0), row.GetString(1)));
    }
}
