using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Enrolling;

/// <summary>Reads where a link leads, for whoever has its address; that takes no secret, and changes nothing.</summary>
public sealed class EnrolmentLookup(SupabaseDatabase supabase)
{
    private const string ReadPlace = """
        select s.name, b.name, u.number, a.type, coalesce(nullif(a.display_name, ''), a.username)
        from public.sip_account_enrolments e
        join public.sip_accounts a on a.id = e.sip_account_id
        join public.units u on u.id = a.unit_id
        join public.buildings b on b.id = u.building_id
        join public.sites s on s.id = b.site_id
        where e.id = $1 and a.enabled and e.redeemed_at is null and e.revoked_at is null and e.expires_at > now()
        """;

    /// <summary>Null for every link that is dead.</summary>
    public async Task<EnrolmentPlace?> FindAsync(Guid link, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ReadPlace, connection);
        command.Parameters.Add(new() { Value = link, NpgsqlDbType = NpgsqlDbType.Uuid });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new EnrolmentPlace(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4))
            : null;
    }
}

/// <param name="DeviceType">panel, mobile or station.</param>
/// <param name="Device">Its display name, or its user name.</param>
public sealed record EnrolmentPlace(string Site, string Building, string Unit, string DeviceType, string Device);
