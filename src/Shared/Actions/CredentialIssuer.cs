using Microsoft.Extensions.Options;
using Neolia.Functions.Credentials;
using Neolia.Functions.Draining;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Supabase;
using Neolia.Functions.Wording;

namespace Neolia.Functions.Actions;

/// <summary>
/// Gives an account a password. Only digests are stored; the password exists in this process until it is answered,
/// once, after the drain.
/// </summary>
public sealed class CredentialIssuer(
    AccountLookup accounts, CredentialStore credentials, QueueWatch queue, IOptions<KamailioOptions> kamailio, IOptions<DrainOptions> drain)
{
    private const int RenameRetries = 3;

    private static readonly Sentence BeingRenamed = new(
        "The account is being renamed at this moment. Try again.",
        "Le compte est en train d'être renommé. Réessayez.");

    /// <param name="password">One that the user chose; null to have one made.</param>
    /// <param name="replace">False leaves an account that has credentials as it is.</param>
    public async Task<IssueResult> IssueAsync(Caller caller, Guid accountId, string? password, bool replace, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await accounts.FindAsync(caller, accountId, cancellationToken) is not { } account)
                return new IssueResult(IssueOutcome.NoSuchAccount);
            if (password is not null && Password.Objection(password, account.Name) is { } objection)
                return new IssueResult(IssueOutcome.PasswordRefused, Message: objection);

            var issued = password ?? Password.Generate();
            switch (await credentials.StoreAsync(caller, accountId, account.Name, Digests.Of(account.Name, issued), replace, cancellationToken))
            {
                case StoreOutcome.Stored:
                    // The digests are committed: whatever the drain meets, and even if the caller hangs up, this
                    // password is the one that will be valid, and the only time to say it is now.
                    var pending = await DrainAsync(account, cancellationToken);
                    return new IssueResult(IssueOutcome.Issued, pending, ConfigurationOf(account, issued), account.Enabled);
                case StoreOutcome.AlreadyIssued:
                    return new IssueResult(IssueOutcome.AlreadyIssued, await DrainAsync(account, cancellationToken));
                case StoreOutcome.NameChanged when attempt < RenameRetries:
                    continue;
                default:
                    return new IssueResult(IssueOutcome.Busy, Message: BeingRenamed);
            }
        }
    }

    private Task<Sentence?> DrainAsync(VisibleAccount account, CancellationToken cancellationToken) =>
        queue.DrainCommittedAsync(account.Subject, drain.Value.RequestBudget, cancellationToken);

    private DeviceConfiguration ConfigurationOf(VisibleAccount account, string password) =>
        DeviceConfiguration.Of(account.Name, password, kamailio.Value.WsServers, account.DisplayName);
}
