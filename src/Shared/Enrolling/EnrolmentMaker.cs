using Neolia.Functions.Actions;
using Neolia.Functions.Supabase;
using Neolia.Functions.Telemetry;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Enrolling;

/// <summary>Makes links for accounts that the caller can see. The account's open link, if it has one, is revoked.</summary>
public sealed class EnrolmentMaker(AccountLookup accounts, SupabaseDatabase supabase)
{
    // Whoever disables, renames or deletes the account at this moment comes before or after, and then finds the link.
    private const string LockAccount = "select enabled from public.sip_accounts where id = $1 for share";

    // The unique index lets one in. What died long ago has no readers.
    private const string ReplaceLinks = """
        with forgotten as (
          delete from public.sip_account_enrolments
          where sip_account_id = $1 and (redeemed_at is not null or revoked_at is not null) and expires_at < now() - interval '30 days'
        )
        update public.sip_account_enrolments
        set revoked_at = now()
        where sip_account_id = $1 and redeemed_at is null and revoked_at is null
        """;

    private const string InsertLink = """
        with link as (
          insert into public.sip_account_enrolments (sip_account_id, created_by, expires_at)
          values ($1, $2, now() + $3)
          returning id, expires_at
        ), token as (
          insert into kamailio_sync.enrolment_tokens (enrolment_id, token_hash) select id, $4 from link
        )
        select id, expires_at from link
        """;

    public async Task<(EnrolmentOutcome Outcome, NewEnrolment? Link)> MakeAsync(Caller caller, Guid accountId, TimeSpan validity, CancellationToken cancellationToken)
    {
        if (await accounts.FindAsync(caller, accountId, cancellationToken) is null)
            return (EnrolmentOutcome.NoSuchAccount, null);

        await using var connection = await supabase.OpenAsync(cancellationToken);
        for (var attempt = 1; attempt <= GivingWay.Attempts; attempt++)
        {
            try
            {
                var made = await InsertAsync(connection, caller, accountId, validity, cancellationToken);
                if (made.Outcome == EnrolmentOutcome.Made)
                    Measures.Enrolled("created");
                return made;
            }
            catch (PostgresException exception) when (GivingWay.Gave(exception) || exception.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                // Somebody is changing the account, or made a link for it at the same moment: ours is the later one.
            }
        }

        return (EnrolmentOutcome.Busy, null);
    }

    private static async Task<(EnrolmentOutcome Outcome, NewEnrolment? Link)> InsertAsync(
        NpgsqlConnection connection, Caller caller, Guid accountId, TimeSpan validity, CancellationToken cancellationToken)
    {
        await using var transaction = await GivingWay.BeginAsync(connection, caller, cancellationToken);
        await using (var account = new NpgsqlCommand(LockAccount, connection, transaction))
        {
            account.Parameters.Add(new() { Value = accountId, NpgsqlDbType = NpgsqlDbType.Uuid });
            switch (await account.ExecuteScalarAsync(cancellationToken))
            {
                case null:
                    return (EnrolmentOutcome.NoSuchAccount, null);
                case false:
                    return (EnrolmentOutcome.AccountDisabled, null);
            }
        }

        await using (var replace = new NpgsqlCommand(ReplaceLinks, connection, transaction))
        {
            replace.Parameters.Add(new() { Value = accountId, NpgsqlDbType = NpgsqlDbType.Uuid });
            await replace.ExecuteNonQueryAsync(cancellationToken);
        }

        var secret = EnrolmentSecret.New();
        NewEnrolment link;
        await using (var insert = new NpgsqlCommand(InsertLink, connection, transaction))
        {
            insert.Parameters.Add(new() { Value = accountId, NpgsqlDbType = NpgsqlDbType.Uuid });
            insert.Parameters.Add(new() { Value = (object?)(caller as Caller.User)?.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
            insert.Parameters.Add(new() { Value = validity, NpgsqlDbType = NpgsqlDbType.Interval });
            insert.Parameters.Add(new() { Value = EnrolmentSecret.Hash(secret), NpgsqlDbType = NpgsqlDbType.Bytea });
            await using var row = await insert.ExecuteReaderAsync(cancellationToken);
            await row.ReadAsync(cancellationToken);
            link = new NewEnrolment(row.GetGuid(0), secret, row.GetFieldValue<DateTimeOffset>(1));
        }

        await transaction.CommitAsync(cancellationToken);
        return (EnrolmentOutcome.Made, link);
    }
}
