using Microsoft.Extensions.Options;
using MySqlConnector;
using Neolia.Functions.Applying;
using Neolia.Functions.Kamailio;

namespace Neolia.Functions.Registrations;

/// <summary>Reads from Kamailio's database which accounts are registered.</summary>
public sealed class LocationReader(KamailioDatabase kamailio, IOptions<KamailioOptions> options)
{
    // Names without an account of ours (guests) are left out. Expired rows stay in the table for a while; no zone is
    // further than a day from UTC, the rest is decided row by row. The database's clock counts, as it stands beside
    // Kamailio.
    private const string ReadContacts = """
        select utc_timestamp(6);
        select i.account_id, l.expires, l.last_modified
        from location l
        join neolia_identity i on i.domain = l.domain and i.username = l.username
        where i.account_id is not null and l.expires > utc_timestamp() - interval 1 day
        """;

    private readonly LocationClock _clock = new(TimeZoneInfo.FindSystemTimeZoneById(options.Value.TimeZone));

    /// <summary>All of them or none: a connection that breaks half-way must not make devices look gone.</summary>
    /// <exception cref="KamailioOutageException">Nobody knows who is registered.</exception>
    public async Task<Registered> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReadContactsAsync(cancellationToken);
        }
        catch (Exception exception) when (FailureClassifier.Classify(exception) == FailureClass.Outage)
        {
            throw new KamailioOutageException(exception);
        }
    }

    private async Task<Registered> ReadContactsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(ReadContacts, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var now = DateTime.SpecifyKind(row.GetDateTime(0), DateTimeKind.Utc);
        await row.NextResultAsync(cancellationToken);

        var accounts = new Dictionary<Guid, DateTime>();
        var latest = DateTime.MinValue;
        while (await row.ReadAsync(cancellationToken))
        {
            var account = row.GetGuid(0);
            var (at, expires) = _clock.ToUtc(modified: row.GetDateTime(2), expires: row.GetDateTime(1), now);
            if (expires <= now)
                continue;
            if (!accounts.TryGetValue(account, out var known) || known < at)
                accounts[account] = at;
            if (at > latest)
                latest = at;
        }

        return new Registered(accounts, accounts.Count == 0 ? TimeSpan.Zero : latest - now);
    }
}
