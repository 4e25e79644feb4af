using System.Diagnostics;
using Microsoft.Extensions.Options;
using Neolia.Functions.Supabase;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Registrations;

/// <summary>Brings what Kamailio says to <c>sip_accounts</c>, in small transactions, for as long as one run may.</summary>
public sealed class RegistrationPass(SupabaseDatabase supabase, LocationReader location, IOptions<RegistrationOptions> options)
{
    /// <summary>Rows that one transaction changes: users wait for those that they want to change, too.</summary>
    public const int MaxInTransaction = 1_000;

    // Never waits for a user: a row that somebody is changing or deleting comes again with the next run. In key order,
    // like everybody who locks several. Without the turn (see RegistrationTurn) nothing is free.
    private const string WriteUnlessBusy = """
        with turn as materialized (
          select from kamailio_sync.registration_run t where t.run = $3 for share
        ),
        free as (
          select a.id, d.seen_at, d.registered
          from unnest($1, $2, $4) d (id, seen_at, registered)
          join public.sip_accounts a on a.id = d.id
          where exists (select from turn)
          order by a.id
          for no key update of a skip locked
        ),
        written as (
          update public.sip_accounts a
          set registered = f.registered,
            last_registration = greatest(a.last_registration, f.seen_at)
          from free f
          where a.id = f.id
            and (a.registered, a.last_registration)
              is distinct from (f.registered, greatest(a.last_registration, f.seen_at))
          returning a.id
        )
        select exists (select from turn), (select count(*) from written)
        """;

    // When a device goes, Kamailio's row and its time are gone: what the last run saw of it is shown, which is late by a
    // timer's period at most. Another instance may have had that run: then the time that is shown already stays.
    private IReadOnlyDictionary<Guid, DateTime> _lastSeen = new Dictionary<Guid, DateTime>();

    /// <summary>Null when another run has the turn.</summary>
    /// <exception cref="Applying.KamailioOutageException">Nobody knows who is registered; nothing was written.</exception>
    public async Task<PassReport?> RunAsync(CancellationToken cancellationToken)
    {
        // Before Kamailio is asked: what is read later belongs to a later run.
        if (await RegistrationTurn.BeginAsync(supabase, options.Value.Lease, cancellationToken) is not { } turn)
            return null;

        var started = Stopwatch.GetTimestamp();
        var resumeAfter = turn.ResumeAfter;
        try
        {
            var registered = await location.ReadAsync(cancellationToken);
            var changes = await RegistrationChanges.FindAsync(supabase, registered, resumeAfter, options.Value.LastSeenLag, cancellationToken);
            var (changed, done) = (0, 0);
            foreach (var chunk in changes.Select(WithLastSeen).Chunk(MaxInTransaction))
            {
                var (isOurs, written) = await WriteAsync(turn, chunk, cancellationToken);
                if (!isOurs)
                    break;
                (changed, done) = (changed + written, done + chunk.Length);
                if (chunk[^1].Flips)
                    resumeAfter = chunk[^1].Account;
                if (Stopwatch.GetElapsedTime(started) >= options.Value.Budget)
                    break;
            }

            _lastSeen = registered.Accounts;
            var complete = done == changes.Count && changes.Count < RegistrationChanges.MaxInRun;
            return new PassReport(registered.Accounts.Count, changed, complete, registered.ClockDifference);
        }
        finally
        {
            await turn.EndAsync(supabase, resumeAfter);
        }
    }

    private RegistrationChange WithLastSeen(RegistrationChange change) =>
        change.Registered || !_lastSeen.TryGetValue(change.Account, out var seenAt) ? change : change with { SeenAt = seenAt };

    private async Task<(bool IsOurs, int Written)> WriteAsync(RegistrationTurn turn, RegistrationChange[] changes, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(WriteUnlessBusy, connection);
        command.AddArray(changes, c => c.Account, NpgsqlDbType.Uuid);
        command.AddArray(changes, c => c.SeenAt, NpgsqlDbType.TimestampTz);
        command.Parameters.Add(new() { Value = turn.Run, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.AddArray(changes, c => c.Registered, NpgsqlDbType.Boolean);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetBoolean(0), (int)row.GetInt64(1));
    }
}

/// <param name="Registered">Accounts with a device that is registered.</param>
/// <param name="Changed">Rows written.</param>
/// <param name="Complete">False when the time was up, or another run took over, before everything was written.</param>
/// <param name="ClockDifference">See <see cref="Registrations.Registered"/>.</param>
public sealed record PassReport(int Registered, int Changed, bool Complete, TimeSpan ClockDifference);
