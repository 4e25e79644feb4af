using MySqlConnector;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Applying;

/// <summary>
/// Locks and reads what a batch of accounts touches, in the one order that every worker keeps: fences by id, then
/// names by domain and user name, then subscribers (rule M3). No worker changes a subscriber without holding its name's
/// row, so reading the subscribers last shows what really stands there. They are locked against the operator's hand,
/// which knows nothing of names: one of ours that is replaced by a guest before our write must not be updated.
/// </summary>
internal static class KamailioRowsReader
{
    public static async Task<KamailioRows> LockAndReadAsync(
        MySqlConnection connection, MySqlTransaction transaction, IReadOnlyList<Guid> ids, IReadOnlyList<SipName> wanted,
        CancellationToken cancellationToken)
    {
        var rows = new KamailioRows();
        var names = new SortedSet<SipName>(wanted);
        await LockFencesAsync(connection, transaction, ids, rows, names, cancellationToken);
        if (names.Count > 0)
            await LockNamesAsync(connection, transaction, names, rows, cancellationToken);
        if (rows.Fences.Count < ids.Count || wanted.Any(name => !rows.Identities.ContainsKey(name)))
            throw new InvalidOperationException("Rows of neolia_account or neolia_identity vanished while they were being locked.");
        return rows;
    }

    private static async Task LockFencesAsync(
        MySqlConnection connection, MySqlTransaction transaction, IReadOnlyList<Guid> ids, KamailioRows rows, SortedSet<SipName> names,
        CancellationToken cancellationToken)
    {
        // Who holds the fence of an account is the only one who can give it a name, so the names that it holds can be
        // read without a lock now; whether it still holds them is seen when they are locked.
        var statement = new Statement()
            .Append("select account_id, version, unit_id, type, extension, deleted from neolia_account force index (primary) where account_id in (")
            .AppendValues(ids).Append(") order by account_id for update;\n")
            .Append("select username, domain from neolia_identity where account_id in (").AppendValues(ids).Append(")");

        await using var command = statement.On(connection, transaction);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Fences[row.GetGuid(0)] = new FenceRow(
                row.GetInt64(1),
                row.IsDBNull(2) ? null : row.GetGuid(2),
                row.IsDBNull(3) ? null : row.GetString(3),
                row.IsDBNull(4) ? null : row.GetString(4),
                row.GetBoolean(5));
        }

        await row.NextResultAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            names.Add(new SipName(row.GetString(0), row.GetString(1)));
    }

    private static async Task LockNamesAsync(
        MySqlConnection connection, MySqlTransaction transaction, IReadOnlyCollection<SipName> names, KamailioRows rows,
        CancellationToken cancellationToken)
    {
        // The join finds a subscriber as the table's own collation compares names: a guest 'Unit401' is in the way of
        // 'unit401' wherever the unique key says so.
        var statement = new Statement()
            .Append("select username, domain, account_id, version from neolia_identity force index (primary) where ")
            .AppendNameCondition(names).Append(" order by domain, username for update;\n")
            .Append("""
                select i.username, i.domain, s.id, s.username, s.domain, s.password, s.ha1, s.ha1b
                from neolia_identity i join subscriber s on s.username = i.username and s.domain = i.domain where
                """)
            .Append(" ").AppendNameCondition(names, "i.").Append(" for update");

        await using var command = statement.On(connection, transaction);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            rows.Identities[new SipName(row.GetString(0), row.GetString(1))] = new IdentityRow(row.IsDBNull(2) ? null : row.GetGuid(2), row.GetInt64(3));
        await row.NextResultAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Subscribers[new SipName(row.GetString(0), row.GetString(1))] = new SubscriberRow(
                row.GetInt64(2), row.GetString(3), row.GetString(4), Text(row, 5), Text(row, 6), Text(row, 7));
        }
    }

    /// <summary>A hand-made table may allow null where Kamailio's own has an empty text.</summary>
    private static string Text(MySqlDataReader row, int column) => row.IsDBNull(column) ? "" : row.GetString(column);
}
