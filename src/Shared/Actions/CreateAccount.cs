using System.Data.Common;
using Microsoft.Extensions.Options;
using Neolia.Functions.Credentials;
using Neolia.Functions.Draining;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Supabase;

namespace Neolia.Functions.Actions;

/// <summary>
/// <c>create_account</c>: issues credentials to an account that the dashboard has inserted. Only digests are stored;
/// the password exists in this process until it is answered, once, after the drain.
/// </summary>
public sealed class CreateAccount(
    AccountLookup accounts, CredentialStore credentials, QueueWatch queue, IOptions<KamailioOptions> kamailio, IOptions<DrainOptions> drain)
{
    private const int RenameRetries = 3;

    /// <summary>Null when the caller can't see such an account.</summary>
    /// <param name="password">One that the user chose: always re-keys.</param>
    public async Task<ActionAnswer?> RunAsync(Caller caller, Guid accountId, string? password, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await accounts.FindAsync(caller, accountId, cancellationToken) is not { } account)
                return null;

            var answer = new ActionAnswer();
            if (password is not null && Password.Objection(password, account.Name) is { } objection)
            {
                answer.Errors.Add(objection);
                return answer;
            }

            var issued = password ?? Password.Generate();
            switch (await credentials.StoreAsync(accountId, account.Name, Digests.Of(account.Name, issued), replace: password is not null, cancellationToken))
            {
                case StoreOutcome.Stored:
                    await HandOutAsync(answer, account, issued, rekeyed: password is not null, cancellationToken);
                    return answer;
                case StoreOutcome.AlreadyIssued:
                    answer.Warnings.Add("The account has credentials already; nothing was changed. To replace them, issue new ones.");
                    await ReportPendingAsync(answer, account, cancellationToken);
                    return answer;
                case StoreOutcome.NameChanged when attempt < RenameRetries:
                    continue;
                default:
                    answer.Errors.Add("The account is being renamed at this moment. Try again.");
                    return answer;
            }
        }
    }

    private async Task HandOutAsync(ActionAnswer answer, VisibleAccount account, string password, bool rekeyed, CancellationToken cancellationToken)
    {
        if (rekeyed)
            answer.AccountsUpdated = 1;
        else
            answer.AccountsCreated = 1;

        // The digests are committed: whatever the drain meets, and even if the caller hangs up, this password is the
        // one that will be valid, and the only time to say it is now.
        try
        {
            await ReportPendingAsync(answer, account, cancellationToken);
        }
        catch (DbException)
        {
            answer.Errors.Add("Supabase's database went out of reach. The change is kept and is applied when it answers again.");
        }

        if (!answer.Success)
            answer.Warnings.Add("The credentials are valid, and become active when Kamailio has them.");
        if (!account.Enabled)
            answer.Warnings.Add("The account is disabled: no device can register with it until it is enabled.");
        answer.Credentials = new DeviceConfiguration(
            $"sip:{account.Name}", account.Name.Username, account.Name.Domain, password, kamailio.Value.WsServers, account.DisplayName);
    }

    private async Task ReportPendingAsync(ActionAnswer answer, VisibleAccount account, CancellationToken cancellationToken)
    {
        if (await queue.DrainUntilAppliedAsync(account.Subject, drain.Value.RequestBudget, cancellationToken) is { } pending)
            answer.Errors.Add(pending);
    }
}
