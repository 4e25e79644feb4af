using Microsoft.Extensions.Options;
using MySqlConnector;
using Neolia.Functions.Applying;
using Neolia.Functions.Draining;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;
using Neolia.Functions.Wording;
using Npgsql;
using NpgsqlTypes;

namespace Neolia.Functions.Actions;

/// <summary>
/// <c>delete_account</c>: deletes the row as the caller, drains, and looks in Kamailio's database whether subscriber
/// and contacts are really gone.
/// </summary>
public sealed class DeleteAccount(SupabaseDatabase supabase, KamailioDatabase kamailio, QueueWatch queue, IOptions<DrainOptions> drain)
{
    private const string DeleteVisibleAccount = "delete from public.sip_accounts where id = $1 returning username, domain";
    private const string DeleteAnyAccount = "select username, domain from kamailio_sync.delete_account($1)";
    private const string AccountExists = "select exists (select from public.sip_accounts where id = $1)";

    // Contacts of a name that somebody else has by now, an account or a guest, are theirs.
    private const string CountLeftInKamailio = """
        select (select count(*) from neolia_identity where account_id = ?)
             + (select count(*) from location l
                join neolia_identity i on i.username = l.username and i.domain = l.domain
                where i.domain = ? and i.username = ? and i.account_id is null
                  and not exists (select 1 from subscriber s where s.username = i.username and s.domain = i.domain))
        """;

    private static readonly Sentence ContactLeft = new(
        "A contact of the device is still there. Delete the account again to check once more.",
        "Un contact de l'appareil est encore présent. Supprimez à nouveau le compte pour vérifier une fois de plus.");

    private static readonly Sentence Unchecked = new(
        "The account is deleted. Whether its device is cut off could not be checked, because Kamailio's database can't be reached.",
        "Le compte est supprimé. La déconnexion de son appareil n'a pas pu être vérifiée, car la base de données de Kamailio est injoignable.");

    /// <summary>Null when there is such an account but the caller can't see it.</summary>
    public async Task<ActionAnswer?> RunAsync(Caller caller, Guid accountId, CancellationToken cancellationToken)
    {
        var deleted = await DeleteRowAsync(caller, accountId, cancellationToken);
        if (deleted is null && await ExistsAsync(accountId, cancellationToken))
            return null;

        var answer = new ActionAnswer();
        var pending = await queue.DrainUntilAppliedAsync(new Subject(SubjectKind.Account, accountId), drain.Value.RequestBudget, cancellationToken)
            ?? await FindLeftoversAsync(accountId, deleted, cancellationToken);
        if (pending is not null)
            answer.Errors.Add(pending);
        else if (deleted is not null)
            answer.AccountsDeleted = 1;
        return answer;
    }

    private async Task<SipName?> DeleteRowAsync(Caller caller, Guid accountId, CancellationToken cancellationToken)
    {
        await using var session = await CallerSession.BeginAsync(supabase, caller, cancellationToken);
        SipName? deleted = null;
        await using (var command = session.CreateCommand(caller is Caller.Service ? DeleteAnyAccount : DeleteVisibleAccount))
        {
            command.Parameters.Add(new() { Value = accountId, NpgsqlDbType = NpgsqlDbType.Uuid });
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            if (await row.ReadAsync(cancellationToken))
                deleted = new SipName(row.GetString(0), row.GetString(1));
        }

        await session.CommitAsync(cancellationToken);
        return deleted;
    }

    private async Task<bool> ExistsAsync(Guid accountId, CancellationToken cancellationToken)
    {
        await using var connection = await supabase.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(AccountExists, connection);
        command.Parameters.Add(new() { Value = accountId, NpgsqlDbType = NpgsqlDbType.Uuid });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<Sentence?> FindLeftoversAsync(Guid accountId, SipName? name, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await kamailio.OpenAsync(cancellationToken);
            await using var command = new Statement()
                .Append(CountLeftInKamailio, accountId, name?.Domain ?? "", name?.Username ?? "").On(connection);
            var left = Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
            return left == 0 ? null : ContactLeft;
        }
        catch (Exception exception) when (FailureClassifier.Classify(exception) == FailureClass.Outage)
        {
            return Unchecked;
        }
    }
}
