using Neolia.Functions.Reading;
using Neolia.Functions.Subjects;

namespace Neolia.Functions.Applying;

/// <summary>
/// Decides what to write for a batch of accounts, from their desired state and the rows that are held locked. Pure, so
/// that its rules can be tested over every interleaving. The two guards against late workers are here: the fence of
/// an account (principle 4) and the ownership of a name (rule M1).
/// </summary>
public sealed class AccountPlan
{
    private readonly KamailioRows _rows;
    private readonly IReadOnlySet<string> _servedDomains;
    private readonly ILookup<Guid, SipName> _held;
    private readonly AccountChanges _changes = new();

    private AccountPlan(KamailioRows rows, IReadOnlySet<string> servedDomains)
    {
        _rows = rows;
        _servedDomains = servedDomains;
        _held = rows.Identities.Where(i => i.Value.Owner is not null).ToLookup(i => i.Value.Owner!.Value, i => i.Key);
    }

    public static AccountChanges Decide(IReadOnlyList<DesiredAccount> batch, KamailioRows rows, IReadOnlySet<string> servedDomains)
    {
        var plan = new AccountPlan(rows, servedDomains);
        var current = batch.Where(plan.PassesGuards).ToList();

        // Every release comes before the first take: in a batch that swaps two names each is free when it is wanted.
        foreach (var account in current)
            plan.ReleaseUnwantedNames(account);
        foreach (var account in current)
            plan.Settle(account);
        return plan._changes;
    }

    /// <summary>The name that the account should have a subscriber under; none when it is gone, disabled or refused.</summary>
    public static SipName? WantedName(DesiredAccount account, IReadOnlySet<string> servedDomains) =>
        account.State is { Enabled: true } state && Objection(state, servedDomains) is null ? state.Name : null;

    private static Problem? Objection(AccountState state, IReadOnlySet<string> servedDomains) => state switch
    {
        { Enabled: false } => null,
        { Name.IsCanonical: false } => Problem.NameNotCanonical(state.Name),
        _ when !servedDomains.Contains(state.Name.Domain) => Problem.DomainNotServed(state.Name.Domain),
        { Credentials: null } => Problem.NoCredentials(state.Name),
        _ => null,
    };

    /// <summary>
    /// An equal fence passes: the worker before may have died between its commit and its acknowledge, and repeating
    /// the same version changes nothing.
    /// </summary>
    private bool PassesGuards(DesiredAccount account)
    {
        var fence = _rows.Fences[account.Id].Version;
        if (fence > account.Version)
            return Superseded(account, fence);

        if (WantedName(account, _servedDomains) is { } name && _rows.Identities[name] is var identity
            && identity.Owner != account.Id && identity.Version >= account.Version)
            return Superseded(account, identity.Version);

        return true;
    }

    private bool Superseded(DesiredAccount account, long fence)
    {
        _changes.Results.Add(new SubjectResult(account.Subject, account.Version, Outcome.Superseded, account.State, Fence: fence));
        return false;
    }

    private void ReleaseUnwantedNames(DesiredAccount account)
    {
        var wanted = WantedName(account, _servedDomains);
        foreach (var name in _held[account.Id].Where(name => name != wanted))
        {
            // The version stays that at which the name was held: the next rightful owner's is higher than that, while
            // the version of this release may be higher than the next owner's.
            SetIdentity(name, _rows.Identities[name] with { Owner = null });
            if (_rows.Subscribers.Remove(name, out var subscriber))
                _changes.SubscribersToDelete.Add(subscriber);
            _changes.Kicks.Add((account.Id, name));
        }
    }

    private void Settle(DesiredAccount account)
    {
        var outcome = Outcome.Unchanged;
        Problem? problem = null;

        if (WantedName(account, _servedDomains) is { } name)
            (outcome, problem) = Take(name, account);
        else if (_held[account.Id].Any())
            outcome = Outcome.Removed;

        if (account.State is { } state && Objection(state, _servedDomains) is { } objection)
            (outcome, problem) = (Outcome.Refused, objection);
        else if (account.State is { Enabled: true, Extension: { } extension } && problem is null && !ColumnLimits.Extension.Fits(extension))
            (outcome, problem) = (Outcome.Refused, Problem.ExtensionTooLong);

        var fence = FenceOf(account);
        if (outcome == Outcome.Unchanged && account.State is { Enabled: true } && _rows.Fences[account.Id] with { Version = account.Version } != fence)
            outcome = Outcome.Updated;
        _changes.Fences[account.Id] = fence;
        _changes.Results.Add(new SubjectResult(account.Subject, account.Version, outcome, account.State, problem));
    }

    private (Outcome, Problem?) Take(SipName name, DesiredAccount account)
    {
        var credentials = account.State!.Credentials!;
        var identity = _rows.Identities[name];
        var subscriber = _rows.Subscribers.GetValueOrDefault(name);

        // A subscriber under a name that nobody owns was not made here, and is never touched (principle 6).
        if (identity.Owner is null && subscriber is not null)
            return (Outcome.Refused, Problem.NameInUse(name));

        // Neither may count as synced while a contact of the former owner is there. One who gave the name up already may
        // have left contacts, too, if its worker died before the kick.
        if (identity.Owner is { } other && other != account.Id)
            _changes.Kicks.Add((other, name));
        if (identity.Owner != account.Id && identity.Version > 0)
            _changes.Kicks.Add((account.Id, name));
        SetIdentity(name, new IdentityRow(account.Id, Math.Max(identity.Version, account.Version)));

        if (subscriber is null)
        {
            // Somebody deleted our row by hand; a contact that its digests let in may still be there.
            if (identity.Owner is not null)
                _changes.Kicks.Add((account.Id, name));
            _changes.SubscribersToInsert.Add((name, credentials));
            return (_held[account.Id].Any() ? Outcome.Updated : Outcome.Created, null);
        }

        if (subscriber.Ha1 != credentials.Ha1 || subscriber.Ha1b != credentials.Ha1b)
            _changes.Kicks.Add((account.Id, name));
        var differs = subscriber != new SubscriberRow(subscriber.Id, name.Username, name.Domain, "", credentials.Ha1, credentials.Ha1b);
        if (differs)
            _changes.SubscribersToUpdate.Add((subscriber.Id, name, credentials));
        return (differs ? Outcome.Updated : Outcome.Unchanged, null);
    }

    private void SetIdentity(SipName name, IdentityRow row) => _rows.Identities[name] = _changes.Identities[name] = row;

    /// <summary>An extension that can't be stored is left out: the account keeps its subscriber, and can be disabled.</summary>
    private static FenceRow FenceOf(DesiredAccount account) => account.State is { } state
        ? new FenceRow(account.Version, state.UnitId, state.Type, ColumnLimits.Extension.Fits(state.Extension) ? state.Extension : null, Deleted: false)
        : new FenceRow(account.Version, null, null, null, Deleted: true);
}
