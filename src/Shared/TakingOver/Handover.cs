using MySqlConnector;
using Neolia.Functions.Applying;
using Neolia.Functions.Credentials;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.TakingOver;

internal enum HandoverOutcome
{
    Done,

    /// <summary>The account owns the name already.</summary>
    AlreadyDone,

    OwnedByAnother,

    /// <summary>The subscriber is gone or was changed since it was read.</summary>
    Changed,

    /// <summary>Kamailio has seen a higher version of the account or of the name.</summary>
    Superseded,
}

/// <summary>
/// Gives a guest's name to an account, as if the drain applied the account at this version and no guest were in its way:
/// the same locks in the same order, the same guards. The row gets the digests that the account has and loses its
/// plaintext in the same transaction, so that the drain finds nothing to change and kicks nobody.
/// </summary>
public sealed class Handover(KamailioDatabase kamailio)
{
    private const string GiveName = """
        update subscriber set password = '', ha1 = ?, ha1b = ? where id = ?;
        update neolia_identity set account_id = ?, version = ? where domain = ? and username = ?
        """;

    internal async Task<HandoverOutcome> RunAsync(Guid accountId, SipName name, long version, Guest guest, Digests digests, CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await LockableRows.CreateMissingAccountsAsync(connection, [accountId], [name], cancellationToken);

        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken);
        var rows = await KamailioRowsReader.LockAndReadAsync(connection, transaction, [accountId], [name], cancellationToken);
        if (Objection(rows, accountId, name, version, guest) is { } objection)
            return objection;

        // The version at which the account holds the name: with a lower one, a stalled worker of an account that had the
        // name before could take it (rule M1).
        await using var command = new Statement()
            .Append(GiveName, digests.Ha1, digests.Ha1b, guest.Id, accountId, version, name.Domain, name.Username)
            .On(connection, transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return HandoverOutcome.Done;
    }

    private static HandoverOutcome? Objection(KamailioRows rows, Guid accountId, SipName name, long version, Guest guest)
    {
        var identity = rows.Identities[name];
        if (identity.Owner is { } owner)
            return owner == accountId ? HandoverOutcome.AlreadyDone : HandoverOutcome.OwnedByAnother;
        if (rows.Fences[accountId].Version > version || identity.Version >= version)
            return HandoverOutcome.Superseded;
        return rows.Subscribers.TryGetValue(name, out var subscriber) && guest.Matches(subscriber) ? null : HandoverOutcome.Changed;
    }
}
