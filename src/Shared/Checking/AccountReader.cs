using System.Globalization;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Checking;

/// <summary>Reads one account on both sides.</summary>
public sealed class AccountReader(SupabaseDatabase supabase, KamailioDatabase kamailio, IOptions<KamailioOptions> options)
{
    private const string ReadDesired = """
        select a.id, a.type, a.extension, a.enabled, a.unit_id, concat_ws(' / ', s.name, b.name, u.number),
          c.issued_at is not null, c.ha1, c.ha1b,
          a.registered, a.last_registration,
          coalesce(y.state, 'pending'), y.error_code, y.last_error, y.synced_at,
          q.enqueued_at, q.attempts, q.next_attempt_at = 'infinity', q.last_error,
          f.last_error
        from public.sip_accounts a
        join public.units u on u.id = a.unit_id
        join public.buildings b on b.id = u.building_id
        join public.sites s on s.id = b.site_id
        left join public.sip_account_sync y on y.account_id = a.id
        left join public.unit_sync f on f.unit_id = a.unit_id
        left join kamailio_sync.credentials c on c.account_id = a.id and c.username = a.username and c.domain = a.domain
        left join kamailio_sync.queue q on q.kind = 'account' and q.subject_id = a.id
        where a.username = $1 and a.domain = $2
        """;

    private const string ReadName = """
        select i.account_id, s.ha1, s.ha1b,
          (select count(*) from location l where l.username = ? and l.domain = ? and l.expires > ?),
          exists (select 1 from neolia_kick k where k.username = ? and k.domain = ?)
        from (select 1) one
        left join neolia_identity i on i.username = ? and i.domain = ?
        left join subscriber s on s.username = ? and s.domain = ?
        """;

    private const string ReadFence = "select version, unit_id, type, extension, deleted from neolia_account where account_id = ?";

    /// <summary>Null: Supabase has no such account.</summary>
    public async Task<SupabaseAccount?> ReadDesiredAsync(SipName name, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ReadDesired, connection);
        command.Parameters.Add(new() { Value = name.Username, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = name.Domain, NpgsqlDbType = NpgsqlDbType.Text });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
            return null;
        return new SupabaseAccount(
            row.GetGuid(0), name, row.GetString(1), Text(2), row.GetBoolean(3), row.GetGuid(4), row.GetString(5),
            HasCredentials: row.GetBoolean(6),
            row.IsDBNull(7) ? null : new AccountDigests(row.GetString(7), row.GetString(8)),
            new ShownRegistration(row.GetBoolean(9), Time(10)),
            new ShownSync(row.GetString(11), Text(12), Text(13), Time(14)),
            row.IsDBNull(15) ? null : new WaitingChange(row.GetDateTime(15), row.GetInt32(16), row.GetBoolean(17), Text(18)),
            UnitError: Text(19));

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        DateTime? Time(int column) => row.IsDBNull(column) ? null : row.GetDateTime(column);
    }

    /// <param name="account">Whose fence is read; null: Supabase has no such account, and its last owner's is.</param>
    public async Task<KamailioAccount> ReadHeldAsync(SipName name, Guid? account, CancellationToken cancellationToken)
    {
        await using var connection = await kamailio.OpenAsync(cancellationToken);
        var held = await ReadNameAsync(connection, name, cancellationToken);
        return (account ?? held.Owner) is { } id ? held with { Fence = await ReadFenceAsync(connection, id, cancellationToken) } : held;
    }

    private async Task<KamailioAccount> ReadNameAsync(MySqlConnection connection, SipName name, CancellationToken cancellationToken)
    {
        // Kamailio writes its own local time.
        var now = TimeZoneInfo.ConvertTimeFromUtc(DateTime.UtcNow, TimeZoneInfo.FindSystemTimeZoneById(options.Value.TimeZone));
        await using var command = new Statement().Append(
            ReadName, name.Username, name.Domain, now, name.Username, name.Domain, name.Username, name.Domain, name.Username, name.Domain).On(connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new KamailioAccount(
            row.IsDBNull(0) ? null : row.GetGuid(0),
            row.IsDBNull(1) ? null : new AccountDigests(row.GetString(1), row.GetString(2)),
            Fence: null,
            row.GetInt64(3),
            Convert.ToBoolean(row.GetValue(4), CultureInfo.InvariantCulture));
    }

    private static async Task<AccountFence?> ReadFenceAsync(MySqlConnection connection, Guid account, CancellationToken cancellationToken)
    {
        await using var command = new Statement().Append(ReadFence, account).On(connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);

        // Version 0: made for the lock, and never applied.
        if (!await row.ReadAsync(cancellationToken) || row.GetInt64(0) == 0)
            return null;
        return new AccountFence(
            row.GetInt64(0), row.IsDBNull(1) ? null : row.GetGuid(1), row.IsDBNull(2) ? null : row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3),
            row.GetBoolean(4));
    }
}
