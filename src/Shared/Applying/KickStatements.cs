using Neolia.Functions.Kamailio;
using Neolia.Functions.Subjects;
using Neolia.Functions.Telemetry;

namespace Neolia.Functions.Applying;

/// <summary>What a kick says to Kamailio's database. The model of the protocol stands in for it.</summary>
internal interface IKickStatements
{
    Task<IReadOnlyCollection<SipName>> ReadMarkedNamesAsync(IReadOnlyList<Guid> accounts, CancellationToken cancellationToken);

    /// <summary>Deletes the accounts' marks of these names and the names' contacts, in one transaction.</summary>
    Task DeleteContactsAsync(IReadOnlyList<Guid> accounts, IReadOnlyCollection<SipName> names, CancellationToken cancellationToken);
}

internal sealed class KickStatements(KamailioDatabase kamailio) : IKickStatements
{
    // A plain read sees every committed mark, also one that another worker is working off right now: its lock is
    // waited for below, because our subjects must not be acknowledged before that is done.
    public async Task<IReadOnlyCollection<SipName>> ReadMarkedNamesAsync(IReadOnlyList<Guid> accounts, CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        var names = new SortedSet<SipName>();
        await using var command = new Statement()
            .Append("select username, domain from neolia_kick where account_id in (").AppendValues(accounts).Append(")").On(connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            names.Add(new SipName(row.GetString(0), row.GetString(1)));
        return names;
    }

    public async Task DeleteContactsAsync(IReadOnlyList<Guid> accounts, IReadOnlyCollection<SipName> names, CancellationToken cancellationToken)
    {
        using var span = Spans.Step("drain.kick");
        await using var connection = await kamailio.OpenAsync(cancellationToken);
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
