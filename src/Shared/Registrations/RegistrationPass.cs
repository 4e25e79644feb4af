using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Registrations;

/// <summary>
/// Brings what Kamailio says to <c>sip_accounts</c>, a bounded number of rows at a time, in one transaction.
/// </summary>
public sealed class RegistrationPass(SupabaseDatabase supabase, LocationReader location)
{
    /// <summary>Rows that one transaction changes: users wait for those that they want to change, too.</summary>
    public const int MaxChanges = 10_000;

    // One statement's triggers join its old and new rows, by a plan that may have been made for few of them.
    private const int MaxInStatement = 1_000;

    // The accounts that differ: registered and not seen, seen and not registered, registered again. The first join
    // leaves few, which no planner can know, so that the second one is made a look-up by key; seen accounts that were
    // deleted fall out there.
    private const string FindDifferences = """
        with seen as materialized (
          select * from unnest($1, $2) s (id, seen_at)
        ),
        different as materialized (
          select coalesce(r.id, s.id) as id, s.seen_at
          from (select a.id, a.last_registration from public.sip_accounts a where a.registered) r
          full join seen s on s.id = r.id
          where r.id is null or s.id is null or r.last_registration is null or r.last_registration < s.seen_at
        )
        select d.id, d.seen_at
        from different d
        cross join lateral (select from public.sip_accounts a where a.id = d.id offset 0) a
        order by d.id
        limit $3
        """;

    // Never waits: a row that somebody is changing or deleting comes again with the next run. In key order, like
    // everybody who locks several.
    private const string WriteUnlessBusy = """
        with free as (
          select a.id, d.seen_at
          from unnest($1, $2) d (id, seen_at)
          join public.sip_accounts a on a.id = d.id
          order by a.id
          for no key update of a skip locked
        )
        update public.sip_accounts a
        set registered = f.seen_at is not null,
          last_registration = greatest(a.last_registration, f.seen_at)
        from free f
        where a.id = f.id
          and (a.registered, a.last_registration)
            is distinct from (f.seen_at is not null, greatest(a.last_registration, f.seen_at))
        """;

    /// <summary>Null when another run has the turn.</summary>
    public async Task<PassReport?> RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Before Kamailio is asked and until this is committed: of two runs at once, the slower one would write what
        // it saw first over what the other saw later.
        if (!await RegistrationTurn.TakeAsync(connection, transaction, cancellationToken))
            return null;

        var registered = await location.ReadAsync(cancellationToken);
        var differences = await FindDifferencesAsync(connection, transaction, registered, cancellationToken);
        var changed = 0;
        foreach (var chunk in differences.Chunk(MaxInStatement))
            changed += await WriteAsync(connection, transaction, chunk, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new PassReport(registered.Accounts.Count, changed, differences.Count < MaxChanges, registered.ClockDifference);
    }

    private static async Task<List<Difference>> FindDifferencesAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Registered registered, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(FindDifferences, connection, transaction);
        command.Parameters.Add(new() { Value = registered.Accounts.Keys.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = registered.Accounts.Values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = MaxChanges, NpgsqlDbType = NpgsqlDbType.Integer });
        var differences = new List<Difference>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            differences.Add(new Difference(row.GetGuid(0), row.IsDBNull(1) ? null : row.GetDateTime(1)));
        return differences;
    }

    private static async Task<int> WriteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Difference[] differences, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(WriteUnlessBusy, connection, transaction);
        command.Parameters.Add(new() { Value = differences.Select(d => d.Account).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = differences.Select(d => d.SeenAt).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <param name="SeenAt">Null: not registered any more.</param>
    private readonly record struct Difference(Guid Account, DateTime? SeenAt);
}

/// <param name="Registered">Accounts with a device that is registered.</param>
/// <param name="Changed">Rows written.</param>
/// <param name="Complete">False when more differ than one pass changes.</param>
/// <param name="ClockDifference">See <see cref="Registrations.Registered"/>.</param>
public sealed record PassReport(int Registered, int Changed, bool Complete, TimeSpan ClockDifference);
