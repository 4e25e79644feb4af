using System.Diagnostics;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Registrations;

/// <summary>
/// Lets <c>sites.status</c> follow: online when every enabled panel and station of the site is registered, partial when
/// some are, offline when none is. A site without them counts its mobiles.
/// </summary>
public sealed class SiteStatus(SupabaseDatabase supabase)
{
    private const int MaxNotes = 10_000;

    // A second run would count in an older snapshot and write after the first.
    private const string TakeTurn = "select pg_try_advisory_xact_lock(hashtextextended('kamailio_sync.site_status', 0))";

    // What is noted later is the next run's: a site that somebody holds is noted anew with each look, and would never end.
    private const string ReadLastNote = "select coalesce(max(id), 0) from kamailio_sync.stale_status";

    // The notes are taken in the snapshot that the accounts are counted in: a change that commits later has a note of
    // its own, which this statement does not see. A site that somebody is changing keeps a note for the next run.
    private const string Follow = """
        with noted as (
          select n.id, n.place, n.place_id
          from kamailio_sync.stale_status n
          where n.id <= $2
          order by n.id
          limit $1
        ),
        affected as materialized (
          select b.site_id as id
          from noted n join public.units u on u.id = n.place_id join public.buildings b on b.id = u.building_id
          where n.place = 'unit'
          union
          select b.site_id from noted n join public.buildings b on b.id = n.place_id where n.place = 'building'
          union
          select n.place_id from noted n where n.place = 'site'
        ),
        counted as (
          select s.id, s.status,
            count(a.id) filter (where a.type <> 'mobile') as fixed,
            count(a.id) filter (where a.type <> 'mobile' and a.registered) as fixed_registered,
            count(a.id) filter (where a.type = 'mobile') as mobile,
            count(a.id) filter (where a.type = 'mobile' and a.registered) as mobile_registered
          from affected f
          join public.sites s on s.id = f.id
          left join public.buildings b on b.site_id = s.id
          left join public.units u on u.building_id = b.id
          left join public.sip_accounts a on a.unit_id = u.id and a.enabled
          group by s.id, s.status
        ),
        wrong as materialized (
          select j.id, j.status
          from counted c
          cross join lateral (
            select
              case when c.fixed > 0 then c.fixed else c.mobile end as devices,
              case when c.fixed > 0 then c.fixed_registered else c.mobile_registered end as registered
          ) d
          cross join lateral (
            select c.id,
              case when d.registered = 0 then 'offline' when d.registered < d.devices then 'partial' else 'online' end as status
          ) j
          where j.status <> c.status
        ),
        free as (
          select s.id, w.status
          from wrong w join public.sites s on s.id = w.id
          order by s.id
          for no key update of s skip locked
        ),
        changed as (
          update public.sites s set status = f.status from free f where s.id = f.id returning s.id
        ),
        kept as (
          insert into kamailio_sync.stale_status (place, place_id)
          select 'site', w.id from wrong w where w.id not in (select c.id from changed c)
        ),
        done as (
          delete from kamailio_sync.stale_status n using noted d where n.id = d.id
        )
        select (select count(*) from noted), (select count(*) from changed)
        """;

    /// <summary>How many sites changed. Notes that <paramref name="budget"/> leaves no time for are the next run's.</summary>
    public async Task<int> FollowAsync(TimeSpan budget, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var last = await ReadLastNoteAsync(cancellationToken);
        var changed = 0;
        do
        {
            await using var connection = await supabase.OpenAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

            if (!await TakeTurnAsync(connection, transaction, cancellationToken))
                return changed;
            var (noted, sites) = await FollowAsync(connection, transaction, last, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            changed += sites;
            if (noted < MaxNotes)
                return changed;
        }
        while (Stopwatch.GetElapsedTime(started) < budget);
        return changed;
    }

    private async Task<long> ReadLastNoteAsync(CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ReadLastNote, connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<bool> TakeTurnAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(TakeTurn, connection, transaction);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<(long Noted, int Changed)> FollowAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long last, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Follow, connection, transaction);
        command.Parameters.Add(new() { Value = MaxNotes, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = last, NpgsqlDbType = NpgsqlDbType.Bigint });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetInt64(0), (int)row.GetInt64(1));
    }
}
