using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Registrations;

/// <summary>What <c>sip_accounts</c> shows and Kamailio doesn't say, most pressing first.</summary>
internal static class RegistrationChanges
{
    /// <summary>More than a run has time for; what it holds of them in memory is a few MiB.</summary>
    public const int MaxInRun = 200_000;

    // The accounts that differ: registered and not seen, seen and not registered, seen again long after what is shown.
    // The first join leaves few, which no planner can know, so that the second one is made a look-up by key; seen accounts
    // that were deleted fall out there.
    //
    // What people look at comes first: who is registered. A run that has no time for all of them goes round: it begins
    // behind the account that the last one ended with, or those of the highest ids would never be written while others
    // come and go. Refreshed times come last, the most outdated first.
    private const string FindDifferences = """
        with seen as materialized (
          select * from unnest($1, $2) s (id, seen_at)
        ),
        different as materialized (
          select coalesce(r.id, s.id) as id, s.seen_at, r.last_registration as shown_at,
            r.id is null or s.id is null as flips
          from (select a.id, a.last_registration from public.sip_accounts a where a.registered) r
          full join seen s on s.id = r.id
          where r.id is null or s.id is null or r.last_registration is null or r.last_registration < s.seen_at - $3
        )
        select d.id, d.seen_at, d.flips
        from different d
        cross join lateral (select from public.sip_accounts a where a.id = d.id offset 0) a
        order by not d.flips, case when d.flips then d.id <= $4 end, case when not d.flips then d.shown_at end nulls first, d.id
        limit $5
        """;

    public static async Task<List<RegistrationChange>> FindAsync(
        SupabaseDatabase supabase, Registered registered, Guid resumeAfter, TimeSpan lag, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(FindDifferences, connection);
        command.AddArray(registered.Accounts, a => a.Key, NpgsqlDbType.Uuid);
        command.AddArray(registered.Accounts, a => a.Value, NpgsqlDbType.TimestampTz);
        command.Parameters.Add(new() { Value = lag, NpgsqlDbType = NpgsqlDbType.Interval });
        command.Parameters.Add(new() { Value = resumeAfter, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = MaxInRun, NpgsqlDbType = NpgsqlDbType.Integer });

        var changes = new List<RegistrationChange>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            changes.Add(new RegistrationChange(row.GetGuid(0), !row.IsDBNull(1), row.IsDBNull(1) ? null : row.GetDateTime(1), row.GetBoolean(2)));
        return changes;
    }
}

/// <param name="SeenAt">When it last registered; null where that is gone with the registration.</param>
/// <param name="Flips">False: it stays registered, and only the time is refreshed.</param>
internal readonly record struct RegistrationChange(Guid Account, bool Registered, DateTime? SeenAt, bool Flips);
