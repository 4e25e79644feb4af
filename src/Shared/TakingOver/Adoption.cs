using Microsoft.Extensions.Options;
using Neolia.Functions.Actions;
using Neolia.Functions.Credentials;
using Neolia.Functions.Draining;
using Neolia.Functions.Kamailio;
using Neolia.Functions.Subjects;
using Neolia.Functions.Supabase;

namespace Neolia.Functions.TakingOver;

/// <summary>
/// Hands guests of Kamailio's table over to accounts of the same name, with the passwords that their devices have. For
/// each: the digests go to the account, then the name to it, then the drain runs. Killed between two of them, the account
/// is as before ("name in use"), and running it again finishes.
/// </summary>
public sealed class Adoption(
    Guests guests, AccountNames accounts, CredentialStore credentials, Handover handover, DirtyMarks marks, QueueWatch queue,
    IOptions<KamailioOptions> kamailio, IOptions<DrainOptions> drain)
{
    private const int Attempts = 4;

    /// <summary>Unmanaged subscribers that an account is waiting for, and adoptions that were not finished.</summary>
    public async Task<IReadOnlyCollection<SipName>> ListCandidatesAsync(CancellationToken cancellationToken)
    {
        var names = new SortedSet<SipName>(await accounts.ListNameInUseAsync(cancellationToken));
        await foreach (var page in guests.ListUnmanagedAsync(cancellationToken))
            names.UnionWith(await accounts.FilterAsync(page, cancellationToken));
        return names;
    }

    /// <summary>Not before Kamailio has proven that it refuses an empty password: an adopted row carries only digests.</summary>
    public async Task<AdoptionResult> RunAsync(SipName name, bool dryRun, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (outcome, detail) = await TryAsync(name, dryRun, cancellationToken);
            if (outcome != AdoptionOutcome.ChangedMeanwhile || attempt == Attempts)
                return new AdoptionResult(name, outcome, detail);
        }
    }

    private async Task<(AdoptionOutcome, string?)> TryAsync(SipName name, bool dryRun, CancellationToken cancellationToken)
    {
        if (!name.IsCanonical)
            return (AdoptionOutcome.NotCanonical, null);
        if (!kamailio.Value.ServedDomains.Contains(name.Domain))
            return (AdoptionOutcome.DomainNotServed, null);

        var found = await guests.FindAsync(name, cancellationToken);
        if (found.Count != 1)
            return (found.Count == 0 ? AdoptionOutcome.NoSuchSubscriber : AdoptionOutcome.Doubled, null);
        var guest = found[0];
        if (await accounts.FindAsync(name, cancellationToken) is not var (accountId, enabled))
            return (AdoptionOutcome.NoSuchAccount, null);
        if (guest.Owner is { } owner)
            return owner == accountId ? await FinishEarlierAsync(accountId, dryRun, cancellationToken) : (AdoptionOutcome.OwnedByAnother, null);
        if (!enabled)
            return (AdoptionOutcome.AccountDisabled, null);
        if (guest.Name != name)
            return (AdoptionOutcome.SpelledOtherwise, guest.Name.ToString());
        if (guest.Present() is not { } digests)
            return (AdoptionOutcome.NoUsableDigest, null);
        return dryRun ? (AdoptionOutcome.WouldAdopt, null) : await AdoptAsync(accountId, name, guest, digests, cancellationToken);
    }

    private async Task<(AdoptionOutcome, string?)> AdoptAsync(
        Guid accountId, SipName name, Guest guest, Digests digests, CancellationToken cancellationToken)
    {
        if (await credentials.StoreAsync(new Caller.Service(), accountId, name, digests, replace: true, cancellationToken) != StoreOutcome.Stored
            || await ReadVersionAsync(accountId, name, digests, cancellationToken) is not { } version)
            return (AdoptionOutcome.ChangedMeanwhile, null);

        switch (await handover.RunAsync(accountId, name, version, guest, digests, cancellationToken))
        {
            case HandoverOutcome.Done or HandoverOutcome.AlreadyDone:
                return await FinishAsync(accountId, AdoptionOutcome.Adopted, cancellationToken);
            case HandoverOutcome.OwnedByAnother:
                return (AdoptionOutcome.OwnedByAnother, null);
            case HandoverOutcome.Superseded:
                // The drain gives the account a version above what Kamailio has seen (rule M2).
                await FinishAsync(accountId, AdoptionOutcome.ChangedMeanwhile, cancellationToken);
                return (AdoptionOutcome.ChangedMeanwhile, null);
            default:
                return (AdoptionOutcome.ChangedMeanwhile, null);
        }
    }

    private async Task<long?> ReadVersionAsync(Guid accountId, SipName name, Digests digests, CancellationToken cancellationToken)
    {
        if (await accounts.ReadVersionAsync(accountId, name, digests, cancellationToken) is { } version)
            return version;
        await marks.MarkAgainAsync([new Subject(SubjectKind.Account, accountId)], TimeSpan.MaxValue, cancellationToken);
        return await accounts.ReadVersionAsync(accountId, name, digests, cancellationToken);
    }

    private async Task<(AdoptionOutcome, string?)> FinishEarlierAsync(Guid accountId, bool dryRun, CancellationToken cancellationToken) =>
        dryRun || await accounts.IsSyncedAsync(accountId, cancellationToken)
            ? (AdoptionOutcome.AlreadyAdopted, null)
            : await FinishAsync(accountId, AdoptionOutcome.AlreadyAdopted, cancellationToken);

    private async Task<(AdoptionOutcome, string?)> FinishAsync(Guid accountId, AdoptionOutcome outcome, CancellationToken cancellationToken)
    {
        await marks.MarkAgainAsync([new Subject(SubjectKind.Account, accountId)], TimeSpan.MaxValue, cancellationToken);
        var pending = await queue.DrainUntilAppliedAsync(new Subject(SubjectKind.Account, accountId), drain.Value.RequestBudget, cancellationToken);
        return pending is null ? (outcome, null) : (AdoptionOutcome.NotYetSynced, pending.English);
    }
}
