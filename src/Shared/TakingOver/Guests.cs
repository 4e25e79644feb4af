using Neolia.Functions.Credentials;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Subjects;
using static Neolia.Functions.TakingOver.SubscriberTable;

namespace Neolia.Functions.TakingOver;

/// <summary>Reads subscribers, and who owns them. Digests of a plaintext are made by the server: it doesn't travel.</summary>
public sealed class Guests(KamailioDatabase kamailio)
{
    private const int PageSize = 500;

    private const string FindByName = $"""
        select s.id, s.username, s.domain, i.account_id, s.ha1, s.ha1b,
               if(coalesce(octet_length(s.password), 0) > 0, {Ha1OfPlaintext}, null),
               if(coalesce(octet_length(s.password), 0) > 0, {Ha1bOfPlaintext}, null)
        from {WithOwner}
        where s.domain = ? and s.username = ?
        """;

    private const string ListUnmanagedAfter = $"""
        select s.id, s.username, s.domain from {WithOwner} where s.id > ? and i.account_id is null order by s.id limit ?
        """;

    /// <summary>The subscribers of that name as the table compares names: in a sound table, one at most.</summary>
    internal async Task<List<Guest>> FindAsync(SipName name, CancellationToken cancellationToken)
    {
        var found = new List<Guest>();
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await using var command = new Statement().Append(FindByName, name.Domain, name.Username).On(connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(new Guest(
                row.GetInt64(0),
                new SipName(row.GetString(1), row.GetString(2)),
                row.IsDBNull(3) ? null : row.GetGuid(3),
                row.IsDBNull(4) ? null : row.GetString(4),
                row.IsDBNull(5) ? null : row.GetString(5),
                row.IsDBNull(6) ? null : new Digests(row.GetString(6), row.GetString(7))));
        }

        return found;
    }

    /// <summary>The names of all unmanaged subscribers, in pages.</summary>
    internal async IAsyncEnumerable<IReadOnlyList<SipName>> ListUnmanagedAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var after = 0L; ;)
        {
            var names = new List<SipName>(PageSize);
            await using (var connection = await kamailio.OpenAsync(cancellationToken))
            {
                await using var command = new Statement().Append(ListUnmanagedAfter, after, PageSize).On(connection);
                await using var row = await command.ExecuteReaderAsync(cancellationToken);
                while (await row.ReadAsync(cancellationToken))
                {
                    after = row.GetInt64(0);
                    names.Add(new SipName(row.GetString(1), row.GetString(2)));
                }
            }

            if (names.Count == 0)
                yield break;
            yield return names;
        }
    }
}
