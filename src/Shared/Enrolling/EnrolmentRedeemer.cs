using Microsoft.Extensions.Options;
using Neolia.Functions.Actions;
using Neolia.Functions.Credentials;
using Neolia.Functions.Draining;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Neolia.Functions.Telemetry;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Enrolling;

/// <summary>
/// Gives the device that opens a link a new password. It is made in this moment; the link's end and the digests are
/// committed together, so that of two devices one wins, and a link that was used up without new digests doesn't exist.
/// </summary>
public sealed class EnrolmentRedeemer(
    SupabaseDatabase supabase, QueueWatch queue, RefusalNotes refusals, IOptions<KamailioOptions> kamailio, IOptions<DrainOptions> drain)
{
    // The same statement for every link, dead or alive, and whatever it died of. Whoever revokes or redeems it at the same
    // moment is waited for; Postgres then looks at the row again.
    private const string ClaimLink = """
        update public.sip_account_enrolments e
        set redeemed_at = now()
        from kamailio_sync.enrolment_tokens t, public.sip_accounts a
        where e.id = $1 and t.enrolment_id = e.id and t.token_hash = $2 and a.id = e.sip_account_id and a.enabled
          and e.redeemed_at is null and e.revoked_at is null and e.expires_at > now()
        returning a.id, a.username, a.domain, a.display_name, set_config('kamailio_sync.asked_by', coalesce(e.created_by::text, ''), true)
        """;

    /// <summary>
    /// Null for every link that is dead, and every secret that is not its. <see cref="IssueOutcome.Busy"/>: not decided, the
    /// link is as it was; only who has its secret meets that.
    /// </summary>
    public async Task<IssueResult?> RedeemAsync(Guid link, string secret, CancellationToken cancellationToken)
    {
        var hash = EnrolmentSecret.Hash(secret);
        var (isDecided, account, password) = await ClaimAsync(link, hash, cancellationToken);
        if (!isDecided)
            return new IssueResult(IssueOutcome.Busy);
        if (account is null)
        {
            Measures.Enrolled("refused");
            refusals.Add(link);
            return null;
        }

        Measures.Enrolled("redeemed");
        var pending = await queue.DrainCommittedAsync(account.Subject, drain.Value.RequestBudget, cancellationToken);
        return new IssueResult(
            IssueOutcome.Issued, pending, DeviceConfiguration.Of(account.Name, password, kamailio.Value.WsServers, account.DisplayName));
    }

    private async Task<(bool IsDecided, VisibleAccount? Account, string Password)> ClaimAsync(Guid link, byte[] hash, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        for (var attempt = 1; attempt <= GivingWay.Attempts; attempt++)
        {
            try
            {
                await using var transaction = await GivingWay.BeginAsync(connection, caller: null, cancellationToken);
                if (await ClaimAsync(transaction, link, hash, cancellationToken) is not { } account)
                    return (true, null, "");

                var password = Password.Generate();
                if (await CredentialStore.WriteAsync(transaction, account.Id, account.Name, Digests.Of(account.Name, password), replace: true, cancellationToken))
                {
                    await transaction.CommitAsync(cancellationToken);
                    return (true, account, password);
                }

                // Renamed since the claim read it; who renames it revokes its links. Not committed: it is as if nothing
                // had been tried.
            }
            catch (PostgresException exception) when (GivingWay.Gave(exception))
            {
            }
        }

        return (false, null, "");
    }

    private static async Task<VisibleAccount?> ClaimAsync(NpgsqlTransaction transaction, Guid link, byte[] hash, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ClaimLink, transaction.Connection, transaction);
        command.Parameters.Add(new() { Value = link, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = hash, NpgsqlDbType = NpgsqlDbType.Bytea });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new VisibleAccount(row.GetGuid(0), new SipName(row.GetString(1), row.GetString(2)), row.IsDBNull(3) ? null : row.GetString(3), Enabled: true)
            : null;
    }
}
