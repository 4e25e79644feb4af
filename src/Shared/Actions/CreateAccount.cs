using Neolia.Functions.Supabase;
using Neolia.Functions.Wording;

namespace Neolia.Functions.Actions;

/// <summary><c>create_account</c>: issues credentials to an account that the dashboard has inserted.</summary>
public sealed class CreateAccount(CredentialIssuer issuer)
{
    private static readonly Sentence HasThemAlready = new(
        "The account has credentials already; nothing was changed. To replace them, issue new ones.",
        "Le compte a déjà des identifiants ; rien n'a été modifié. Pour les remplacer, émettez-en de nouveaux.");

    /// <summary>Null when the caller can't see such an account.</summary>
    /// <param name="password">One that the user chose: always re-keys.</param>
    public async Task<ActionAnswer?> RunAsync(Caller caller, Guid accountId, string? password, CancellationToken cancellationToken)
    {
        var rekey = password is not null;
        var result = await issuer.IssueAsync(caller, accountId, password, replace: rekey, cancellationToken);
        if (result.Outcome == IssueOutcome.NoSuchAccount)
            return null;

        var issued = result.Outcome == IssueOutcome.Issued;
        var answer = new ActionAnswer
        {
            AccountsCreated = issued && !rekey ? 1 : 0,
            AccountsUpdated = issued && rekey ? 1 : 0,
            Credentials = result.Configuration,
        };
        if (result.Outcome == IssueOutcome.AlreadyIssued)
            answer.Warnings.Add(HasThemAlready);
        if (result.Message is not null)
            answer.Errors.Add(result.Message);
        answer.Warnings.AddRange(result.Warnings);
        return answer;
    }
}
