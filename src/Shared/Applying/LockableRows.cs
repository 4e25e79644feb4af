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
    public static async Task CreateMissingAccountsAsync(
        MySqlConnection connection, IReadOnlyList<Guid> ids, IReadOnlyList<SipName> names, CancellationToken cancellationToken) =>
        await CreateAccountsAsync(connection, await FindMissingAccountsAsync(connection, ids, names, cancellationToken), cancellationToken);

    public static async Task CreateMissingUnitsAsync(MySqlConnection connection, IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        await CreateAsync(connection, Units, await FindMissingAsync(connection, Units, ids, [], cancellationToken), cancellationToken);

    public static Task<MissingRows> FindMissingAccountsAsync(
        MySqlConnection connection, IReadOnlyList<Guid> ids, IReadOnlyList<SipName> names, CancellationToken cancellationToken) =>
        FindMissingAsync(connection, Accounts, ids, names, cancellationToken);

    public static Task CreateAccountsAsync(MySqlConnection connection, MissingRows missing, CancellationToken cancellationToken) =>
        CreateAsync(connection, Accounts, missing, cancellationToken);

    private static async Task CreateAsync(MySqlConnection connection, FenceTable fences, MissingRows missing, CancellationToken cancellationToken)
    {
        var create = new Statement();
        if (missing.Ids.Count > 0)
            create.Append($"insert ignore into {fences.Name} ({fences.Key}) values ").AppendRows(missing.Ids, id => [id]).Append(";\n");
        if (missing.Names.Count > 0)
            create.Append("insert ignore into neolia_identity (domain, username) values ").AppendRows(missing.Names, n => [n.Domain, n.Username]);
        if (create.IsEmpty)
            return;

        await using var command = create.On(connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<MissingRows> FindMissingAsync(
        MySqlConnection connection, FenceTable fences, IReadOnlyList<Guid> ids, IReadOnlyList<SipName> names, CancellationToken cancellationToken)
    {
        var missing = new MissingRows(new SortedSet<Guid>(ids), new SortedSet<SipName>(names));
        var find = new Statement().Append($"select {fences.Key} from {fences.Name} where {fences.Key} in (").AppendValues(ids).Append(")");
        if (names.Count > 0)
            find.Append(";\nselect username, domain from neolia_identity where ").AppendNameCondition(names);

        await using var command = find.On(connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            missing.Ids.Remove(row.GetGuid(0));
        await row.NextResultAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            missing.Names.Remove(new SipName(row.GetString(0), row.GetString(1)));
        return missing;
    }

    private static readonly FenceTable Accounts = new("neolia_account", "account_id");
    private static readonly FenceTable Units = new("neolia_unit", "unit_id");

    private sealed record FenceTable(string Name, string Key);
}

/// <summary>Ids without a fence and names without an identity, in the order of their keys.</summary>
internal sealed record MissingRows(SortedSet<Guid> Ids, SortedSet<SipName> Names);
