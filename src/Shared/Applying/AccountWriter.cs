using MySqlConnector;
using Neolia.Functions.Kamailio;

namespace Neolia.Functions.Applying;

/// <summary>Writes the changes of a batch of accounts in one round trip.</summary>
internal static class AccountWriter
{
    /// <summary>Into rows that are held locked.</summary>
    public static Task WriteAsync(
        MySqlConnection connection, MySqlTransaction transaction, AccountChanges changes, CancellationToken cancellationToken) =>
        SendAsync(connection, transaction, changes, overwrite: true, cancellationToken);

    /// <summary>Where nothing is yet: fails with 1062 where something is.</summary>
    public static Task InsertAsync(
        MySqlConnection connection, MySqlTransaction transaction, AccountChanges changes, CancellationToken cancellationToken) =>
        SendAsync(connection, transaction, changes, overwrite: false, cancellationToken);

    // Fences, names, subscribers: the order of the locks, which the inserts of the short way take themselves.
    private static async Task SendAsync(
        MySqlConnection connection, MySqlTransaction transaction, AccountChanges changes, bool overwrite, CancellationToken cancellationToken)
    {
        var write = new Statement();
        if (changes.Fences.Count > 0)
        {
            write.Append("insert into neolia_account (account_id, version, unit_id, type, extension, deleted, applied_at) values ")
                .AppendRows(changes.Fences.OrderBy(f => f.Key), "(?, ?, ?, ?, ?, ?, utc_timestamp(6))", f =>
                    [f.Key, f.Value.Version, f.Value.UnitId, f.Value.Type, f.Value.Extension, f.Value.Deleted])
                .Append(overwrite ? OverwriteFence : "").Append(";\n");
        }

        if (changes.Identities.Count > 0)
        {
            write.Append("insert into neolia_identity (domain, username, account_id, version) values ")
                .AppendRows(changes.Identities.OrderBy(i => i.Key), i => [i.Key.Domain, i.Key.Username, i.Value.Owner, i.Value.Version])
                .Append(overwrite ? OverwriteIdentity : "").Append(";\n");
        }

        WriteSubscribers(write, changes);

        if (changes.Kicks.Count > 0)
        {
            write.Append("insert into neolia_kick (account_id, domain, username) values ")
                .AppendRows(changes.Kicks, k => [k.Account, k.Name.Domain, k.Name.Username])
                .Append(" on duplicate key update username = values(username);\n");
        }

        if (changes.Fences.Count > 0)
            write.AppendProgress(changes.Fences.Values.Max(f => f.Version));

        if (write.IsEmpty)
            return;
        await using var command = write.On(connection, transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private const string OverwriteFence = """
         on duplicate key update version = values(version), unit_id = values(unit_id), type = values(type),
        extension = values(extension), deleted = values(deleted), applied_at = values(applied_at)
        """;

    private const string OverwriteIdentity = " on duplicate key update account_id = values(account_id), version = values(version)";

    private static void WriteSubscribers(Statement write, AccountChanges changes)
    {
        if (changes.SubscribersToDelete.Count > 0)
            write.Append("delete from subscriber where id in (").AppendValues(changes.SubscribersToDelete.Select(s => s.Id).Order()).Append(");\n");

        // A new row is inserted plainly: one that somebody else made under this name since it was looked for must
        // fail the insert (1062, then it is seen as the guest it is), not be overwritten.
        if (changes.SubscribersToInsert.Count > 0)
        {
            write.Append("insert into subscriber (username, domain, password, ha1, ha1b) values ")
                .AppendRows(changes.SubscribersToInsert.OrderBy(s => s.Name), "(?, ?, '', ?, ?)", s =>
                    [s.Name.Username, s.Name.Domain, s.Credentials.Ha1, s.Credentials.Ha1b])
                .Append(";\n");
        }

        // By id, into rows that are locked: an upsert would burn an auto-increment value (the id has 32 bits), and would
        // overwrite whatever stands under the name should the row be gone.
        foreach (var (id, name, credentials) in changes.SubscribersToUpdate.OrderBy(s => s.Id))
        {
            write.Append(
                "update subscriber set username = ?, domain = ?, password = '', ha1 = ?, ha1b = ? where id = ?;\n",
                name.Username, name.Domain, credentials.Ha1, credentials.Ha1b, id);
        }
    }
}
