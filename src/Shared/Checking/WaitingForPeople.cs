using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Checking;

/// <summary>Counts what only people can do.</summary>
public sealed class WaitingForPeople(SupabaseDatabase supabase)
{
    /// <summary>
    /// From the caller's sites down, as this program: a policy would be asked for every row of everybody's. The id is the
    /// verified token's.
    /// </summary>
    public const string CountOfUser = """
        with own_units as materialized (
          select u.id
          from public.sites t
          join public.buildings b on b.site_id = t.id
          join public.units u on u.building_id = b.id
          where t.user_id = $1
        )
        select
          count(*) filter (where not s.has_credentials and s.state <> 'disabled'),
          count(*) filter (where s.state = 'failed')
            + (select count(*) from own_units o join public.unit_sync f on f.unit_id = o.id where f.state = 'failed')
        from own_units o
        join public.sip_account_sync s on s.unit_id = o.id
        """;

    private const string CountOfAll = """
        select
          count(*) filter (where not s.has_credentials and s.state <> 'disabled'),
          count(*) filter (where s.state = 'failed') + (select count(*) from public.unit_sync f where f.state = 'failed')
        from public.sip_account_sync s
        """;

    /// <returns>Enabled accounts that no device can register with yet; accounts and flats that stay unsynced until they are corrected.</returns>
    public async Task<(long WithoutCredentials, long NotSynced)> CountAsync(Caller caller, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(caller is Caller.User ? CountOfUser : CountOfAll, connection);
        if (caller is Caller.User user)
            command.Parameters.Add(new() { Value = user.Id, NpgsqlDbType = NpgsqlDbType.Uuid });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetInt64(0), row.GetInt64(1));
    }
}
